"""Last step in: put received things where the ERP expects them, each complete when it appears.

A filed item is a folder that appears in one rename, or a file with its JSON written before it. Filing again after
a crash replaces what the same item had filed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from edid.documents.names import safe_name
from edid.store.durable import copy_durably, durable_write, fsync_folder, publish_folder

NOTE, VERDICT, VERDICT_TEXT = "facts.json", "verdict.json", "verdict.txt"
NOTES = frozenset({NOTE, VERDICT, VERDICT_TEXT})
"""Names that edid gives to its own files beside those of an invoice."""
_LONGEST_NAME = 200
_MOST_COPIES = 20
"""Items of one name and day that are numbered; later ones bear their flow's number, and nobody counts."""
Place = Callable[[str], PurePosixPath]
"""Gives the folder of an item for the mark of a copy: none, `2`, `3`, ..."""


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
    place: Place,
    origin: Origin,
    *,
    files: Sequence[tuple[str, Path]],
    note: Mapping[str, Any],
    texts: Mapping[str, str] | None = None,
) -> PurePosixPath:
    """File one invoice as a folder below `root` with `files` (name, source) and its note; return its path there.

    `texts`: further small files, by name. Raises ValueError for a name that could leave the folder or take the place of
    another file of edid's.
    """
    building = _building(root, origin)
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for name, source in files:
        if safe_name(name, limit=_LONGEST_NAME) != name or name.casefold() in NOTES:
            raise ValueError(f"{name!r} is no name for a filed file")
        shutil.copyfile(source, building / name)
        (building / name).chmod(0o640)
    data = {"origin": origin.as_json(), **note}
    for name, text in {**(texts or {}), NOTE: json_text(data)}.items():
        (building / name).write_text(text, encoding="utf-8")
        (building / name).chmod(0o640)
    building.chmod(0o750)
    target = _free_folder(root, place, origin)
    _make_durably((root / target).parent)
    publish_folder(building, root / target)
    return target


def withdraw_invoice(root: Path, place: Place, origin: Origin) -> None:
    """Remove what the same item filed below `root` before a crash, when now it belongs elsewhere."""
    building = _building(root, origin)
    for folder in _places(place, origin):
        if not os.path.lexists(root / folder):
            break
        if _note_says(root / folder / NOTE, origin):
            shutil.rmtree(building, ignore_errors=True)
            (root / folder).rename(building)  # it is gone for everybody at once
    shutil.rmtree(building, ignore_errors=True)


def file_return(folder: Path, name: str, source: Path, origin: Origin, note: Mapping[str, Any]) -> Path:
    """File one received file in `folder` as it is, with its note `<name>.json` beside it; return its path."""
    _make_durably(folder)
    target = _free_file(folder, safe_name(name, limit=_LONGEST_NAME), origin)
    owner = f"{origin.flow_id}-{origin.position}"
    durable_write(_note_of(target), json_text({"origin": origin.as_json(), **note}).encode(), owner=owner)
    copy_durably(source, target, owner=owner)
    return target


def _building(root: Path, origin: Origin) -> Path:
    return root / f".filing-{origin.flow_id}-{origin.position}"


def _places(place: Place, origin: Origin) -> Iterator[PurePosixPath]:
    yield place("")
    yield from (place(str(copy)) for copy in range(2, _MOST_COPIES))
    yield place(f"{origin.flow_id}-{origin.position}")


def _free_folder(root: Path, place: Place, origin: Origin) -> PurePosixPath:
    last = None
    for folder in _places(place, origin):
        if _is_ours(root / folder, root / folder / NOTE, origin):
            return folder
        last = folder
    assert last is not None
    return last


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
    said = _note_says(note, origin)
    return not os.path.lexists(item) if said is None else said


def _note_says(note: Path, origin: Origin) -> bool | None:
    """Tell whether `note` names `origin`; None when there is no note."""
    try:
        data = json.loads(note.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and data.get("origin") == origin.as_json()


def json_text(data: Mapping[str, Any]) -> str:
    """Return `data` as the text of a small file for programs."""
    return json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n"
