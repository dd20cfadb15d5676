"""`edid validate`: judge files without sending anything, without any configuration."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from edid.cli.output import Format, FormatOption, show
from edid.config.settings import Limits
from edid.documents.kinds import Kind
from edid.validation.judging import Judgement
from edid.validation.verdict import Outcome
from edid.validation.worker import JudgePool

_INVALID, _NOT_JUDGED = 1, 2
_BATCH = 16
COLUMNS = ("file", "outcome", "kind", "number", "packs", "findings")


def validate(
    files: Annotated[
        list[Path], typer.Argument(exists=True, help="Files or folders: UBL, CII, Factur-X, archives of these.")
    ],
    form: FormatOption = Format.TABLE,
) -> None:
    """Judge files: exit 0 when all are valid, 1 when one is invalid, 2 when one could not be judged."""
    rows: list[dict[str, Any]] = []
    paths = list(_files(files))
    with (
        JudgePool(Limits()) as judges,
        tempfile.TemporaryDirectory(prefix="edid-validate-") as work,
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        task = progress.add_task("validating", total=len(paths))
        for start in range(0, len(paths), _BATCH):
            rows += _judge(judges, paths[start : start + _BATCH], Path(work) / str(start))
            progress.update(task, advance=min(_BATCH, len(paths) - start))
    if form is Format.TABLE:
        _tell(rows)
    else:
        show(rows, COLUMNS, form)
    raise typer.Exit(_exit_code(rows))


def _files(arguments: Sequence[Path]) -> Iterator[Path]:
    for argument in arguments:
        if argument.is_dir():
            yield from sorted(path for path in argument.rglob("*") if path.is_file())
        else:
            yield argument


def _judge(judges: JudgePool, paths: Sequence[Path], work: Path) -> Iterator[dict[str, Any]]:
    jobs = [(path, _folder(work / str(number))) for number, path in enumerate(paths)]
    for (path, folder), judgement in zip(jobs, judges.judge(jobs), strict=True):
        reading = judgement.reading
        if reading is None or reading.kind is not Kind.ARCHIVE:
            yield _row(str(path), judgement)
            continue
        inner = [(member.path, _folder(folder / f"judged-{n}")) for n, member in enumerate(reading.members)]
        for member, verdict in zip(reading.members, judges.judge(inner), strict=True):
            yield _row(f"{path}!{member.name}", verdict)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def _row(name: str, judgement: Judgement) -> dict[str, Any]:
    reading, verdict = judgement.reading, judgement.verdict
    facts = reading.facts if reading else None
    return {
        "file": name,
        "outcome": str(verdict.outcome),
        "kind": str(reading.kind) if reading else "unknown",
        "number": facts.number if facts else None,
        "packs": ", ".join(f"{pack.name} {pack.version}" for pack in verdict.packs),
        "findings": len(verdict.findings),
        "verdict": verdict.as_json(),
    }


def _tell(rows: Sequence[dict[str, Any]]) -> None:
    colours = {Outcome.VALID: "green", Outcome.INVALID: "red", Outcome.NOT_JUDGED: "yellow"}
    console = Console(highlight=False, soft_wrap=True)
    for row in rows:
        checked = f" ({row['packs']})" if row["packs"] else ""
        console.print(f"[{colours[Outcome(row['outcome'])]}]{row['outcome']}[/] ", end="")
        console.print(f"{row['file']}: {row['kind']} {row['number'] or ''}{checked}", markup=False)
        verdict = row["verdict"]
        if verdict["not_judged_because"]:
            console.print(f"   {verdict['not_judged_because']}", markup=False)
        for finding in verdict["findings"]:
            place = f"line {finding['line']}: " if finding["line"] else ""
            console.print(f"   {place}[{finding['rule']}] {finding['message']}", markup=False)
            for word in ("path", "found", "expected", "remedy"):
                if finding[word]:
                    console.print(f"      {word}: {finding[word]}", markup=False)
        if verdict["truncated"]:
            console.print("   more findings exist than are listed")


def _exit_code(rows: Sequence[dict[str, Any]]) -> int:
    outcomes = {row["outcome"] for row in rows}
    if Outcome.INVALID in outcomes:
        return _INVALID
    return _NOT_JUDGED if Outcome.NOT_JUDGED in outcomes or not rows else 0
