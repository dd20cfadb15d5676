"""`edid validate`: judge files without sending anything; it needs no configuration."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.progress import Progress

from edid.cli.context import state
from edid.cli.validate_standard import Yardstick, yardstick
from edid.config.values import write_size
from edid.documents import workfile
from edid.report import text
from edid.report.forms import Form, render
from edid.report.judged import Judged
from edid.validation.batch import BatchItem, files_in, judge_files
from edid.validation.standard import Environment
from edid.validation.terms import Language
from edid.validation.verdict import Outcome
from edid.validation.worker import JudgePool

_INVALID, _NOT_JUDGED = 1, 2
_STDIN = Path("-")
_STDIN_NAME = "edid-standard-input"


def validate(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(help="Files or folders: UBL, CII, Factur-X, CDAR, archives of these; - is standard input."),
    ],
    profile: Annotated[
        str | None, typer.Option(help="chorus-pro, fr-ctc, fr-ctc-b2g, en16931 (default) or xsd-only.")
    ] = None,
    packs: Annotated[
        str | None, typer.Option(help="Exactly these rule packs, NAME or NAME@VERSION, with commas between.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Judge as this sheet of the configuration does.")] = None,
    at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The rules in force on that day; default today.")
    ] = None,
    environment: Annotated[
        Environment | None, typer.Option(help="In qualification some rules weigh less; default production.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", "-f", help="How the verdicts are told.")] = Form.TEXT,
    language: Annotated[Language | None, typer.Option(help="Of the sentences; default as in edid.yaml, or fr.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the report to this file.")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Files judged at the same time.")] = os.cpu_count() or 1,
) -> None:
    """Judge files: exit 0 when all are valid, 1 when one is invalid, 2 when one could not be judged."""
    chosen = yardstick(state(context), sheet, profile, packs, at and at.date(), environment, language)
    with tempfile.TemporaryDirectory(prefix="edid-validate-") as folder, _output(output) as target:
        work = Path(folder)
        paths = files_in([_stdin(work, chosen) if path == _STDIN else _existing(path) for path in files])
        items = _judged(paths, work, chosen, jobs, keep=form is Form.HTML)
        if form is Form.TEXT:
            verdicts = []
            for item in items:
                target.write(text.document(item, language=chosen.language, colour=target.isatty()))
                verdicts.append(item.verdict)
            target.write(f"{text.total(verdicts, chosen.language)}\n")
            outcomes = {verdict.outcome for verdict in verdicts}
        else:
            listed = list(items)
            target.write(render(form, listed, language=chosen.language))
            outcomes = {item.verdict.outcome for item in listed}
    raise typer.Exit(_exit_code(outcomes))


def _judged(paths: Sequence[Path], work: Path, chosen: Yardstick, jobs: int, *, keep: bool) -> Iterator[Judged]:
    """Yield the documents of `paths` as they are judged. `keep`: what is unpacked in `work` stays for the report."""
    unpacked = work / "unpacked"
    with (
        JudgePool(chosen.limits, min(jobs, max(1, len(paths))), packs=chosen.catalogue) as judges,
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        task = progress.add_task("validating", total=len(paths))
        advance = partial(progress.advance, task)
        for item in judge_files(judges, paths, unpacked, chosen.standard, advance):
            yield _as_judged(item, chosen)
            if not keep and item.path.is_relative_to(unpacked):
                item.path.unlink(missing_ok=True)
    if not keep:
        shutil.rmtree(unpacked, ignore_errors=True)


def _as_judged(item: BatchItem, chosen: Yardstick) -> Judged:
    reading = item.judgement.reading
    facts = reading.facts if reading else None
    return Judged(
        name=re.sub(rf"^.*/{_STDIN_NAME}", "stdin", item.name),
        kind=str(reading.kind) if reading else "unknown",
        number=facts.number if facts else None,
        verdict=chosen.weighed(item.judgement),
        source=lambda: item.xml.open("rb"),
        seconds=item.judgement.seconds,
    )


def _existing(path: Path) -> Path:
    if not path.exists():
        raise typer.BadParameter(f"there is no file '{path}'.", param_hint="FILES")
    return path


def _stdin(work: Path, chosen: Yardstick) -> Path:
    target = work / _STDIN_NAME
    try:
        workfile.copy(sys.stdin.buffer, target, limit=chosen.limits.flow_size)
    except workfile.TooLongError:
        most = write_size(chosen.limits.flow_size)
        raise typer.BadParameter(f"standard input is larger than {most}.", param_hint="FILES") from None
    return target


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    with path.open("w", encoding="utf-8") as target:
        yield target


def _exit_code(outcomes: set[Outcome]) -> int:
    if Outcome.INVALID in outcomes:
        return _INVALID
    return _NOT_JUDGED if Outcome.NOT_JUDGED in outcomes or not outcomes else 0
