"""Many files judged at once: those of folders, and the members of archives one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from edid.documents.kinds import Kind
from edid.validation.judging import Judgement
from edid.validation.standard import Standard
from edid.validation.worker import JudgePool

_BATCH = 64


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One document of a batch."""

    name: str
    """The file, or `flow.tar.gz!member`."""
    path: Path
    """Where its bytes are: the file itself, or the unpacked member in the work folder."""
    xml: Path
    """Where its XML is: the same, or what was taken out of a Factur-X."""
    judgement: Judgement


def files_in(arguments: Iterable[Path]) -> list[Path]:
    """Return the files that `arguments` name; those of a folder and the folders below it, in order."""
    found: list[Path] = []
    for argument in arguments:
        found += sorted(path for path in argument.rglob("*") if path.is_file()) if argument.is_dir() else [argument]
    return found


def judge_files(
    judges: JudgePool, files: Sequence[Path], work: Path, standard: Standard, done: Callable[[], object]
) -> Iterator[BatchItem]:
    """Yield the documents of `files` in order. `work`: an empty folder; what is unpacked there stays.

    `done` is called about once for each file, from any thread. Raises as `JudgePool.judge` does.
    """
    waiting = iter(enumerate(files))
    while batch := list(islice(waiting, _BATCH)):
        jobs = [(path, _folder(work / str(number))) for number, path in batch]
        for (path, folder), judgement in zip(jobs, judges.judge(jobs, done, standard=standard), strict=True):
            if judgement.reading is None or judgement.reading.kind is not Kind.ARCHIVE:
                yield _item(str(path), path, folder, judgement)
            else:
                yield from _members(judges, path, folder, judgement, standard)


def _members(
    judges: JudgePool, archive: Path, folder: Path, judgement: Judgement, standard: Standard
) -> Iterator[BatchItem]:
    assert judgement.reading is not None
    members = judgement.reading.members
    jobs = [(member.path, _folder(folder / f"judged-{number}")) for number, member in enumerate(members)]
    for member, (path, inner), judged in zip(members, jobs, judges.judge(jobs, standard=standard), strict=True):
        yield _item(f"{archive}!{member.name}", path, inner, judged)


def _item(name: str, path: Path, folder: Path, judgement: Judgement) -> BatchItem:
    inside = folder / "factur-x.xml"
    return BatchItem(name, path, inside if inside.is_file() else path, judgement)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path
