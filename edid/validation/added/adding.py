"""Takes a rule pack in: copies its files, and keeps them once its caller has tried them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from edid.store.durable import fsync_folder, publish_folder
from edid.validation.added import copies, record
from edid.validation.added.copies import RefusedPackError
from edid.validation.added.lock import changing
from edid.validation.added.record import AddedEntry, Record
from edid.validation.added.refusals import (
    refuse_another,
    refuse_dates_with_versions,
    refuse_shipped,
    refuse_to_displace,
)
from edid.validation.added.rules import AddedRules
from edid.validation.added.switching import put_first
from edid.validation.added.wanted import Wanted, completed, given
from edid.validation.catalogue import FilesEntry
from edid.validation.files import BrokenPackError, checked, digest, reached
from edid.validation.packs import Files, Pack, Stage

_STAGING = "adding"
_ANY = "0" * 64


class Candidate:
    """A pack whose files are copied but not kept yet."""

    def __init__(self, rules: AddedRules, entry: AddedEntry, staging: Path, main: Path, known: AddedEntry | None):
        self._rules = rules
        self._entry = entry
        self._staging = staging
        self.pack = _in_place(rules.pack(entry), staging / main)
        """It, with the copies that it is to be tried with."""
        self.known = known
        """The entry that has it already, with the same bytes."""

    @property
    def intact(self) -> bool:
        """Whether the files that are kept of it since an earlier time are still the recorded ones."""
        if self.known is None:
            return False
        try:
            checked(self._rules.pack(self.known))
        except BrokenPackError:
            return False
        return True

    def restore(self) -> None:
        """Put the same files again where those of the known entry are. Raises OSError."""
        self._publish()

    def keep(self, *, active: bool) -> None:
        """Keep its files and record it; active: it is used from now on. Raises OSError."""
        self._publish()
        held = self._rules.record()
        resting = Record(packs=(*held.packs, self._entry))
        kept = put_first(self._rules, held, self._entry) if active else resting
        record.write(self._rules.folder, kept)

    def _publish(self) -> None:
        target = folder_of(self._rules, self._entry)
        for folder in (target.parent.parent, target.parent):
            folder.mkdir(mode=0o750, exist_ok=True)
            fsync_folder(folder.parent)
        publish_folder(self._staging, target)


def folder_of(rules: AddedRules, entry: AddedEntry) -> Path:
    """Return the folder that holds the files of `entry` and nothing else."""
    return rules.folder / "files" / entry.name / entry.version


@contextmanager
def adding(rules: AddedRules, wanted: Wanted) -> Iterator[Candidate]:
    """Copy the files of `wanted` for as long as its caller tries them; only `Candidate.keep` leaves anything.

    Raises RefusedPackError, with what to do instead, when it cannot be added; ConfigError when what was added before
    cannot be read; what `edid.validation.added.lock.changing` raises; OSError.
    """
    with changing(rules.folder):
        staging = rules.folder / _STAGING
        shutil.rmtree(staging, ignore_errors=True)  # an interrupted command leaves it
        try:
            yield _candidate(rules, wanted, staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _candidate(rules: AddedRules, wanted: Wanted, staging: Path) -> Candidate:
    held = rules.record()
    known = held.entry(wanted.name, wanted.version)
    fields = completed(wanted, rules.catalogue())
    copied = _copied(wanted, Stage(fields["stage"]))
    if known is not None and known.stylesheet is not None:
        copied = _renamed(copied, known.stylesheet)
    copies.lay_out(copied, staging)
    entry = _entry(fields, copied, staging)
    if known is not None:
        refuse_another(known, entry, given(wanted))
    else:
        refuse_shipped(rules, entry)
        refuse_dates_with_versions(entry)
        refuse_to_displace(rules, held, entry, wanted.instead_of, wanted.day)
    return Candidate(rules, entry, staging, next(iter(copied)), known)


def _copied(wanted: Wanted, stage: Stage) -> Mapping[Path, bytes]:
    if stage is not Stage.SCHEMA:
        return copies.stylesheet(wanted.file, wanted.companions)
    if wanted.companions:
        raise RefusedPackError("what a schema takes in is found by itself.", remedy="Leave --companion out.")
    return copies.schema(wanted.file)


def _renamed(copied: Mapping[Path, bytes], known: FilesEntry) -> Mapping[Path, bytes]:
    """Return `copied` with the stylesheet under the name that it had: the bytes count, not what they are called."""
    (_, main), *others = copied.items()
    return {Path(Path(str(known.file)).name): main, **dict(others)}


def _entry(fields: dict[str, Any], copied: Mapping[Path, bytes], staging: Path) -> AddedEntry:
    main, *others = copied
    schema = fields["stage"] is Stage.SCHEMA
    companions = () if schema else tuple(map(str, others))
    probe = Pack("", Stage.SCHEMA, (), "", "", xsd=Files(_ANY, _ANY)) if schema else None
    probe = probe or Pack("", Stage.CORE, (), "", "", stylesheet=Files(_ANY, _ANY, companions=companions))
    files = FilesEntry(
        file=Path("files") / fields["name"] / fields["version"] / main,
        sha256=hashlib.sha256(copied[main]).hexdigest(),
        files_sha256=digest(reached(probe, staging / main)),
        companions=companions,
    )
    try:
        return AddedEntry(**fields, **{"xsd" if schema else "stylesheet": files})
    except ValidationError as error:
        wrong = "; ".join(f"{each['loc'][0]}: {each['msg']}" if each["loc"] else each["msg"] for each in error.errors())
        raise RefusedPackError(f"this cannot be a rule pack: {wrong}.") from error


def _in_place(pack: Pack, main: Path) -> Pack:
    assert pack.files is not None
    files = replace(pack.files, file=main)
    return replace(pack, xsd=files) if pack.xsd else replace(pack, stylesheet=files)
