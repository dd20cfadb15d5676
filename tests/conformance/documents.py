"""The documents that rules are about, from the corpus: whole ones, CEN's units, and spoiled copies."""

from __future__ import annotations

import tarfile
from pathlib import Path

from tests.conformance.mutations import mutated
from tests.conformance.units import cii_units, sampled, ubl_units

_WHOLE = ("cen/ubl-examples", "cen/cii-examples", "cen/ubl-unit/testfiles", "chorus/cii", "cdar")
_SPOILED = ("cen/ubl-examples", "cen/cii-examples", "chorus/cii", "cdar")


def whole(corpus: Path, folder: Path) -> list[Path]:
    """Return every whole invoice and lifecycle message; members of archives are written to `folder`."""
    found = [path for name in _WHOLE for path in sorted((corpus / name).glob("*.xml"))]
    for path in sorted((corpus / "chorus/cii").glob("*.tar.gz")):
        with tarfile.open(path) as archive:
            members = [member for member in archive.getmembers() if member.isfile()]
            for number, member in enumerate(members, 1):
                content = archive.extractfile(member)
                assert content is not None
                found.append(_written(folder / f"{path.stem}-{number}.xml", content.read()))
    return found


def units(corpus: Path, folder: Path, *, sample: bool = False) -> list[Path]:
    """Return the documents of CEN's unit files, or two of each file, written to `folder`."""
    found = [*ubl_units(corpus), *cii_units(corpus)]
    return [
        _written(folder / f"{unit.name.replace('/', ' ')}.xml", unit.content)
        for unit in (sampled(found) if sample else found)
    ]


def spoiled(corpus: Path, folder: Path, count: int, seed: int = 0, sources: tuple[str, ...] = _SPOILED) -> list[Path]:
    """Return `count` spoiled copies of the documents in `sources`, written to `folder`; the same for each seed."""
    originals = sorted(path for name in sources for path in (corpus / name).glob("*.xml"))
    return [
        _written(folder / f"{original.stem} {number}.xml", mutated(original.read_bytes(), number))
        for number in range(seed, seed + count)
        for original in [originals[number % len(originals)]]
    ]


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
