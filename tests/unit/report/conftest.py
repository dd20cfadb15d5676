"""Judged documents: made by hand, and by judging real files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from edid.config.settings import Limits
from edid.report.judged import Judged
from edid.sandbox.invoices import Breakage, broken_invoice, ubl_invoice
from edid.validation.judging import judge_file
from edid.validation.verdict import not_judged
from tests.unit.report.verdicts import INVALID, SILENT, VALID, judged


@pytest.fixture
def everything() -> list[Judged]:
    """One document of each outcome."""
    return [judged(VALID, "good.xml"), judged(INVALID, "bad.xml"), judged(SILENT, "flow.tar.gz!held.xml")]


@pytest.fixture
def refused() -> Judged:
    return judged(not_judged("there is no rule pack for documents of kind cdar."), "cdar.xml", number=None)


@pytest.fixture
def judge(tmp_path: Path) -> Callable[[bytes], Judged]:
    """Judge bytes as edid does today."""

    def _judge(content: bytes) -> Judged:
        path = Path(tempfile.mkstemp(dir=tmp_path)[1])
        path.write_bytes(content)
        judgement = judge_file(path, Path(tempfile.mkdtemp(dir=tmp_path)), Limits())
        reading = judgement.reading
        facts = reading.facts if reading else None
        kind = str(reading.kind) if reading else "unknown"
        return Judged(path.name, kind, facts.number if facts else None, judgement.verdict, partial(path.open, "rb"))

    return _judge


@pytest.fixture
def real(judge) -> list[Judged]:
    """Real verdicts: a good invoice and one of each breakage."""
    good = ubl_invoice("F-2026-1", date(2026, 9, 1))
    return [judge(good), *(judge(broken_invoice(kind)) for kind in Breakage)]
