"""What must hold whenever the house is cut off, and what must be true once it could finish."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.faults.world import World, digest, names_below

_NOTES = re.compile(r"\.verdict\.(json|txt)$|(^|/)(facts|verdict)\.(json|txt)$|returns/.*\.json$")
_MODES = {"out": 0o3770, "claimed": 0o2700, "status": 0o2770}
_HIDDEN = re.compile(r"(^|/)\.")


def broken_at_the_cut(world: World) -> list[str]:
    """Return which promises do not hold right after the house was cut off, before the next start."""
    return [*_lost(world), *_false(world), *_half_visible(world)]


def broken_at_the_end(world: World, seen: set[str]) -> list[str]:
    """Return which promises do not hold once a house has finished in peace; `seen`: names the partner saw before."""
    return [
        *_lost(world),
        *_false(world),
        *_half_visible(world),
        *_not_final(world),
        *_twice(world, seen),
        *_left(world),
    ]


def names_at_partner(world: World) -> set[str]:
    """Return the names of flows that stand at the partner, finished or not."""
    return {path.name.removesuffix(".part") for path in (world.partner / "in").iterdir()}


def _lost(world: World) -> Iterator[str]:
    files, flows = world.rows("files"), world.rows("flows")
    for name, content in world.scenario.dropped.items():
        waiting = [path for path in names_below(world.sheet) if path == f"out/{name}" or _claims(path, name)]
        here = any((world.sheet / path).read_bytes() == content for path in waiting)
        rows = [row for row in files if row["name"] == name]
        known = any(world.stored(row["sha256"]) == content for row in rows)
        refused = any(row["state"] == "rejected" for row in rows) and _stands(world, "rejected", content)
        if not (here or known or refused):
            yield f"lost: {name} is neither in the drop folder nor in the journal with its bytes"
    for name, content in world.scenario.offered.items():
        here = (world.partner / "out" / name).is_file()
        known = any(row["name"] == name and world.stored(row["sha256"]) == content for row in flows)
        if not (here or known):
            yield f"lost: {name} is neither at the partner nor in the journal with its bytes"
    store = world.company.state / "store"
    for path in store.rglob("*"):
        if (
            path.is_file()
            and path.parent.name != "incoming"
            and path.parent.name + path.name != digest(path.read_bytes())
        ):
            yield f"lost: {path.relative_to(store)} does not hold the bytes of its address"


def _claims(path: str, name: str) -> bool:
    return path.startswith("claimed/") and path.endswith(f"-{name}")


def _stands(world: World, folder: str, content: bytes) -> bool:
    return any((world.sheet / folder / name).read_bytes() == content for name in names_below(world.sheet / folder))


def _false(world: World) -> Iterator[str]:
    with world.journal() as journal:
        if (whole := journal.execute("pragma integrity_check").fetchone()[0]) != "ok":
            yield f"false: the journal is damaged: {whole}"
    for flow in world.rows("flows"):
        if flow["direction"] == "out" and flow["state"] == "sent":
            there = world.partner / "in" / flow["name"]
            if not there.is_file() or digest(there.read_bytes()) != flow["sha256"]:
                yield f"false: {flow['name']} is said to be sent and the partner does not hold its bytes"
        if world.stored(flow["sha256"]) is None:
            yield f"false: the bytes of the flow {flow['name']} are not in the store"
    yield from _false_of_documents(world)


def _false_of_documents(world: World) -> Iterator[str]:
    for row in world.rows("documents"):
        content = world.stored(row["sha256"])
        if content is None:
            yield f"false: the bytes of document {row['id']} are not in the store"
        elif row["state"] == "rejected" and not _stands(world, "rejected", content):
            yield f"false: document {row['id']} is said to be rejected and is not in rejected/"
        elif row["state"] == "filed" and not _stands(world, f"in/{row['filed_as']}", content):
            yield f"false: document {row['id']} is said to be filed and is not in {row['filed_as']}"
    told = Counter(_told(world))
    for state in ("sent", "rejected"):
        if told[state] > sum(row["state"] == state for row in world.rows("documents")):
            yield f"false: the ERP was told {state} more often than it is true"


def _told(world: World) -> list[str]:
    """Return the states that whole answers in the status folder tell."""
    folder = world.sheet / "status"
    names = names_below(folder) if folder.is_dir() else []
    return [name[:-5].rsplit("_", 1)[1] for name in names if name.endswith(".json") and not _HIDDEN.search(name)]


def _half_visible(world: World) -> Iterator[str]:
    """What ERP and partner can see is whole: payloads have their bytes, notes can be read, items have their notes."""
    scenario = world.scenario
    for path in (world.partner / "in").iterdir():
        if not path.name.endswith(".part") and not _is_whole(path.read_bytes(), scenario.delivered):
            yield f"half visible: {path.name} at the partner"
    yield from _half_filed(world)
    status = world.sheet / "status"
    for name in names_below(status) if status.is_dir() else []:
        if name.endswith(".json") and not _HIDDEN.search(name) and not _reads(name, (status / name).read_bytes()):
            yield f"half visible: status/{name}"


def _half_filed(world: World) -> Iterator[str]:
    scenario = world.scenario
    for folder, wanted in (("in", scenario.filed), ("rejected", scenario.kept)):
        names = {name for name in names_below(world.sheet / folder) if not _HIDDEN.search(name)}
        for name in sorted(names):
            content = (world.sheet / folder / name).read_bytes()
            if _NOTES.search(name):
                if not _reads(name, content):
                    yield f"half visible: {folder}/{name}"
            elif content not in wanted:
                yield f"half visible: {folder}/{name}"
            elif not _has_its_notes(folder, name, names):
                yield f"half visible: {folder}/{name} without its notes"


def _has_its_notes(folder: str, name: str, names: set[str]) -> bool:
    if folder == "rejected":
        return {f"{name}.verdict.json", f"{name}.verdict.txt"} <= names
    return (
        f"{name}.json" in names or {str(Path(name).parent / note) for note in ("facts.json", "verdict.json")} <= names
    )


def _reads(name: str, content: bytes) -> bool:
    if not name.endswith(".json"):
        return content.endswith(b"\n")
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


def _is_whole(content: bytes, wanted: tuple[bytes, ...]) -> bool:
    return sorted(_members(content)) == sorted(wanted)


def _members(content: bytes) -> list[bytes]:
    if content.startswith(b"<"):
        return [content]
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            return [file.read() for entry in archive if (file := archive.extractfile(entry)) is not None]
    except (tarfile.TarError, EOFError, OSError):
        return []


def _not_final(world: World) -> Iterator[str]:
    scenario = world.scenario
    for table in ("files", "documents", "flows"):
        found = dict(Counter(row["state"] for row in world.rows(table)))
        if found != getattr(scenario, table):
            yield f"not final: {table} are {found}, expected {getattr(scenario, table)}"
    open_attempts = [row["id"] for row in world.rows("attempts") if row["ended_at"] is None]
    if open_attempts:
        yield f"not final: attempts {open_attempts} never ended"
    told = Counter(_told(world))
    for state, count in scenario.answers.items():
        if told[state] != count:
            yield f"not final: the ERP was told {state} {told[state]} times"


def _twice(world: World, seen: set[str]) -> Iterator[str]:
    delivered = [member for path in (world.partner / "in").iterdir() for member in _members(path.read_bytes())]
    if sorted(delivered) != sorted(world.scenario.delivered):
        yield f"not once: the partner holds {sorted(path.name for path in (world.partner / 'in').iterdir())}"
    names = seen | names_at_partner(world)
    if len(names) > 1:
        yield f"not once: the partner saw the names {sorted(names)}"
    for folder, wanted in (("in", world.scenario.filed), ("rejected", world.scenario.kept)):
        names_there = [name for name in names_below(world.sheet / folder) if not _NOTES.search(name)]
        held = [(world.sheet / folder / name).read_bytes() for name in names_there]
        if sorted(held) != sorted(wanted):
            yield f"not once: {folder}/ holds {names_there}"


def _left(world: World) -> Iterator[str]:
    left = [name for name in names_below(world.sheet) if _HIDDEN.search(name) or name.startswith(("out/", "claimed/"))]
    left += [str(path.relative_to(world.sheet)) for path in world.sheet.rglob(".*") if path.is_dir()]
    left += [path.name for path in (world.sheet / "claimed").glob("*")] if (world.sheet / "claimed").is_dir() else []
    left += [name for name in names_below(world.company.state) if name.endswith((".tmp", ".new"))]
    left += world.company.temporary()
    folders = {path.name: path.stat().st_mode & 0o7777 for path in world.sheet.iterdir() if path.is_dir()}
    yield from (
        f"wrong rights: {name} {folders[name]:o}" for name in folders if folders[name] != _MODES.get(name, 0o2750)
    )
    left += [f"partner {path.name}" for path in (world.partner / "out").iterdir()]
    left += [f"partner {path.name}" for path in (world.partner / "tmp").iterdir()]
    yield from (f"left behind: {name}" for name in sorted(set(left)))
