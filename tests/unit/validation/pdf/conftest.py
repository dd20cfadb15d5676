"""Judging the PDF around an invoice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edid.documents.facturx_pdf.claims import claims
from edid.validation.pdf.checking import check
from edid.validation.verdict import Finding
from tests.unit.documents.facturx_pdfs import GUIDELINES


@pytest.fixture
def findings(tmp_path: Path) -> Callable[..., list[Finding]]:
    """What the pack says of a PDF, without what it always says."""

    def judge(data: bytes, guideline: str | None = GUIDELINES["en16931"]) -> list[Finding]:
        path = tmp_path / "invoice.pdf"
        path.write_bytes(data)
        return [finding for finding in check(claims(path), guideline) if finding.rule != "FX-PDF-NOT-CHECKED"]

    return judge
