"""Last step in: put received things where the ERP expects them, each complete when it appears.

A filed item is a folder that appears in one rename, or a file with its JSON written before it. Filing again after
a crash replaces what the same item had filed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from edid.documents.kinds import Facts
from edid.documents.names import safe_name
from edid.routing.filing import day_folder, invoice_folder
from edid.store.durable import copy_durably, durable_write, fsync_folder, publish_folder

NOTE = "facts.json"
_LONGEST_NAME = 200
_MOST_COPIES = 20
"""Items of one name and day that are numbered; later ones bear their flow's number, and nobody counts."""


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
    """File one invoice as a folder with `files` (name, source) and its note; return its path below `root`.

    Raises ValueError for a name that could leave the folder or take the place of the note.
    """
    building = root / f".filing-{origin.flow_id}-{origin.position}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for name, source in files:
        if safe_name(name) != name or name.casefold() == NOTE:
            raise ValueError(f"{name!r} is no name for a filed file")
        shutil.copyfile(source, building / name)
        (building / name).chmod(0o640)
    data = {"origin": origin.as_json(), **note}
    (building / NOTE).write_text(_json(data), encoding="utf-8")
    (building / NOTE).chmod(0o640)
    building.chmod(0o750)
    _make_durably(root / day_folder(received_on))
    target = _free_folder(root, received_on, facts, origin)
    publish_folder(building, root / target)
    return target


def file_return(folder: Path, name: str, source: Path, origin: Origin, note: Mapping[str, Any]) -> Path:
    """File one received file in `folder` as it is, with its note `<name>.json` beside it; return its path."""
    _make_durably(folder)
    target = _free_file(folder, safe_name(name, limit=_LONGEST_NAME), origin)
    durable_write(_note_of(target), _json({"origin": origin.as_json(), **note}).encode())
    copy_durably(source, target)
    return target


def _free_folder(root: Path, received_on: date, facts: Facts, origin: Origin) -> PurePosixPath:
    for copy in range(1, _MOST_COPIES):
        folder = invoice_folder(received_on, facts, str(copy) if copy > 1 else "")
        if _is_ours(root / folder, root / folder / NOTE, origin):
            return folder
    return invoice_folder(received_on, facts, f"{origin.flow_id}-{origin.position}")


def _free_file(folder: Path, name: str, origin: Origin) -> Path:
    for copy in range(1, _MOST_COPIES):
        target = folder / (name if copy == 1 else f"{name}_{copy}")
        if _is_ours(target, _note_of(target), origin):
            return target
    return folder / f"{name}_{origin.flow_id}-{origin.position}"


def _note_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.json")


def _make_durably(folder: Path) -> None:
    """Create `folder` and its parents so that they survive a power cut."""
    if folder.is_dir():
        return
    _make_durably(folder.parent)
    folder.mkdir(exist_ok=True)
    fsync_folder(folder.parent)


def _is_ours(item: Path, note: Path, origin: Origin) -> bool:
    """Tell whether the place is free, or was taken by the same item before a crash."""
    try:
        data = json.loads(note.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return not os.path.lexists(item)
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and data.get("origin") == origin.as_json()


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n"
