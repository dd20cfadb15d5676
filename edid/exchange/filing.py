"""Last step in: put received things where the ERP expects them, each complete when it appears.

A filed item is a folder that appears in one rename, or a file with its JSON written before it. Filing again after
a crash replaces what the same item had filed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from edid.documents.kinds import Facts
from edid.documents.names import safe_name
from edid.routing.filing import invoice_folder
from edid.store.durable import copy_durably, durable_write, publish_folder

NOTE = "facts.json"
_MOST_COPIES = 10_000


@dataclass(frozen=True, slots=True)
class Origin:
    """What an item comes from: the received flow and its place in it."""

    flow_id: int
    flow: str
    position: int

    def as_json(self) -> dict[str, Any]:
        """Return the origin as it stands in the note."""
        return {"flow_id": self.flow_id, "flow": self.flow, "position": self.position}


def file_invoice(
    root: Path,
    received_on: date,
    facts: Facts,
    origin: Origin,
    *,
    files: Sequence[tuple[str, Path]],
    note: Mapping[str, Any],
) -> PurePosixPath:
    """File one invoice as a folder with `files` (safe name, source) and its note; return its path below `root`."""
    building = root / f".filing-{origin.flow_id}-{origin.position}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for name, source in files:
        shutil.copyfile(source, building / name)
        (building / name).chmod(0o640)
    data = {"origin": origin.as_json(), **note}
    (building / NOTE).write_text(_json(data), encoding="utf-8")
    (building / NOTE).chmod(0o640)
    building.chmod(0o750)
    target = _free_folder(root, received_on, facts, origin)
    publish_folder(building, root / target)
    return target


def file_return(folder: Path, name: str, source: Path, origin: Origin, note: Mapping[str, Any]) -> Path:
    """File one received file in `folder` as it is, with its note `<name>.json` beside it; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    safe = safe_name(name, limit=200)
    target = folder / safe
    for copy in range(2, _MOST_COPIES):
        if _is_ours(target, target.with_name(f"{target.name}.json"), origin):
            break
        target = folder / f"{safe}_{copy}"
    durable_write(target.with_name(f"{target.name}.json"), _json({"origin": origin.as_json(), **note}).encode())
    copy_durably(source, target)
    return target


def _free_folder(root: Path, received_on: date, facts: Facts, origin: Origin) -> PurePosixPath:
    for copy in range(1, _MOST_COPIES):
        folder = invoice_folder(received_on, facts, copy)
        if _is_ours(root / folder, root / folder / NOTE, origin):
            return folder
    raise AssertionError("ten thousand invoices of one supplier, number and day")


def _is_ours(item: Path, note: Path, origin: Origin) -> bool:
    """Tell whether the place is free, or was taken by the same item before a crash."""
    try:
        data = json.loads(note.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return not item.exists()
    except ValueError:
        return False
    return bool(data.get("origin") == origin.as_json())


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n"
