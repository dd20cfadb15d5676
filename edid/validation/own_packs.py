"""The packs of rules written in Python, by the name that the catalogue gives them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from edid.documents.facturx_pdf.claims import claims
from edid.documents.particulars.model import Particulars
from edid.validation.own import running
from edid.validation.own.packs import OWN_PACKS
from edid.validation.own.rule import Circumstances
from edid.validation.packs import Pack
from edid.validation.pdf import checking
from edid.validation.said import Said, said, silent
from edid.validation.standard import Standard
from edid.validation.verdict import NOTES, PARTLY_READ, Finding, Severity
from edid.validation.weighing import lighter, weighed


class Subject(NamedTuple):
    """A document as the packs written in Python see it."""

    path: Path
    guideline: str | None
    particulars: Callable[[], Particulars | None]
    """None: the document is too large for its rules."""


def sha256_of(pack: Pack) -> str:
    """Return what identifies the program of `pack`."""
    return checking.sha256() if pack.own == checking.NAME else running.sha256_of(OWN_PACKS[str(pack.own)])


def own_said(pack: Pack, mode: Severity, subject: Subject, standard: Standard) -> Said:
    """Return what `pack` says of `subject`. Raises RefusedInputError when a PDF is damaged."""
    if pack.own == checking.NAME:
        findings = _weighed(pack, checking.check(claims(subject.path), subject.guideline), mode)
        return said(pack, findings, mode=mode, broken=sum(each.rule not in NOTES for each in findings))
    particulars = subject.particulars()
    if particulars is None:
        return silent(pack, TOO_LARGE, mode=mode)
    circumstances = Circumstances(standard.on, standard.environment)
    breaches, total = running.run(OWN_PACKS[str(pack.own)], particulars, circumstances)
    notes = [_partly_read(pack, particulars)] if particulars.unseen else []
    findings = _weighed(pack, breaches, mode)
    return said(pack, [*findings, *notes], mode=mode, truncated=total > len(breaches), broken=total)


TOO_LARGE = "without its attachments the document is larger than limits.rules_size allows; no rule was run."


def _weighed(pack: Pack, findings: list[Finding], mode: Severity) -> list[Finding]:
    known = [(each, weighed(each.rule, each.severity, each.severity, pack.weighings)) for each in findings]
    return [replace(each, severity=lighter(severity, mode), pack=pack.name) for each, severity in known if severity]


def _partly_read(pack: Pack, particulars: Particulars) -> Finding:
    message = f"Not looked at for want of room: {'; '.join(particulars.unseen)}."
    return Finding(PARTLY_READ, Severity.INFORMATION, message, pack=pack.name)
