"""An archive that tells what happened to some documents, and can be checked without edid."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, select

from edid.audit import recipe
from edid.audit.archive import Archive, suffix_of
from edid.audit.links import Links
from edid.audit.mentions import is_sha256
from edid.audit.originals import as_named, place
from edid.audit.report import Report
from edid.audit.rows import TABLES
from edid.audit.selection import Selection
from edid.errors import OperatorError, PermanentError
from edid.journal import queries
from edid.journal.database import Journal
from edid.journal.rows import AnyRow, as_dict
from edid.store.durable import fsync_file, fsync_folder

_TOP = "edid-audit"
_SUFFIXES = {
    "ubl-invoice": "xml",
    "ubl-credit-note": "xml",
    "cii": "xml",
    "factur-x": "pdf",
    "cpp-statut": "xml",
    "cpp-pivot": "xml",
    "cpp-mixte": "xml",
    "cdar": "xml",
}

Select = Callable[[Connection, Selection], None]


@dataclass(slots=True)
class Exported:
    """What an archive holds."""

    documents: int = 0
    originals: int = 0
    events: int = 0
    missing: list[str] = field(default_factory=list)
    """Hashes of bytes that the store does not have any more, or not as they were: purged, or lost."""
    broken: bool = False
    """The chain does not hold between the first and the last event: see edid journal verify."""


def export(journal: Journal, store: Path, select_: Select, target: Path, anchor_folder: Path | None = None) -> Exported:
    """Write the archive of what `select_` takes in to the new file `target`, .zip or .tar.

    The same journal gives the same bytes. Raises PermanentError when nothing is selected or `target` stands or has
    another ending, OperatorError when it cannot be written.
    """
    suffix = suffix_of(target)
    if target.exists():
        raise PermanentError(f"{target} stands already.", remedy="Name a file that does not exist yet.")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with ExitStack() as stack:
            work = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=target.parent, prefix=".edid-audit-")))
            stack.callback(temporary.unlink, missing_ok=True)
            view = stack.enter_context(journal.reading())
            chosen = stack.enter_context(Selection())
            select_(view, chosen)
            if chosen.empty():
                raise PermanentError("no document is selected.", remedy="See: edid documents list.")
            with Archive(temporary, suffix, _TOP, work) as archive:
                done = _Export(view, store, chosen, archive, work).run(anchor_folder)
            fsync_file(temporary)
            os.link(temporary, target)
            fsync_folder(target.parent)
    except OSError as error:
        raise OperatorError(
            f"the archive {target} cannot be written: {error.strerror or error}.",
            remedy="Check the folder and the space there.",
        ) from error
    return done


class _Export:
    """One archive being written."""

    def __init__(self, view: Connection, store: Path, chosen: Selection, archive: Archive, work: Path) -> None:
        self._view = view
        self._store = store
        self._chosen = chosen
        self._archive = archive
        self._work = work
        self._done = Exported()

    def run(self, anchor_folder: Path | None) -> Exported:
        for name, text in recipe.MEMBERS.items():
            self._written(name, lambda file, text=text: file.write(text))  # type: ignore[misc]
        self._written("report.fr.html", lambda file: Report(self._view, "fr").write(file, self._documents()))
        self._written("report.en.html", lambda file: Report(self._view, "en").write(file, self._documents()))
        self._written("documents.jsonl", self._rows_of_documents)
        links = Links(self._view, self._chosen, anchor_folder)
        self._written("chain.jsonl", links.write)
        self._done.events, self._done.broken = links.events, links.broken
        if links.anchor is not None:
            for path in (links.anchor, links.anchor.with_suffix(".sig")):
                if path.is_file():
                    self._archive.add(path.name, path)
        self._originals()
        self._written("missing.txt", lambda file: file.writelines(f"{sha256}\n" for sha256 in self._done.missing))
        return self._done

    def _written(self, name: str, write: Callable[[TextIO], object]) -> None:
        path = self._work / "member"
        with path.open("w", encoding="utf-8", newline="\n") as file:
            write(file)
        self._archive.add(name, path)
        path.unlink()

    def _documents(self) -> Iterator[AnyRow]:
        for ids in self._chosen.pages("document"):
            for number in ids:
                row = queries.document(self._view, number)
                if row is not None:
                    yield row

    def _rows_of_documents(self, file: TextIO) -> None:
        for row in self._documents():
            self._done.documents += 1
            data = as_dict(row) | {
                "statuses": [as_dict(status) for status in queries.statuses_of(self._view, document_id=row.id)]
            }
            file.write(_line(data))

    def _originals(self) -> None:
        for entity in ("document", "file", "flow"):  # a document first: its name then tells its kind
            table = TABLES[entity]
            for ids in self._chosen.pages(entity):
                for row in self._view.execute(select(table).where(table.c.id.in_(ids)).order_by(table.c.id)):
                    if row.sha256 is not None:
                        self._original(_folder(entity, row), _suffix(entity, row), row.sha256)

    def _original(self, folder: str, suffix: str, sha256: str) -> None:
        seen = self._work / "seen" / sha256[:2] / sha256[2:]
        if not is_sha256(sha256) or seen.exists():
            return
        seen.parent.mkdir(parents=True, exist_ok=True)
        seen.touch()
        path = place(self._store, sha256)
        if not path.is_file() or not as_named(path, sha256):
            self._done.missing.append(sha256)
            return
        self._archive.add(f"{folder}/{sha256}.{suffix}", path)
        self._done.originals += 1


def _folder(entity: str, row: AnyRow) -> str:
    if entity != "flow":
        return "originals"
    return "returns" if row.direction == "in" else "flows"


def _suffix(entity: str, row: AnyRow) -> str:
    return _SUFFIXES.get(row.kind, "bin") if entity == "document" else "bin"


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: Any) -> str:  # noqa: ANN401 - what JSON has no form for
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
