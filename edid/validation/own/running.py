"""Asking a pack of edid's own what it says of an invoice."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from edid.documents import particulars as reader
from edid.documents.particulars.model import Particulars
from edid.validation.own.rule import Breach, Circumstances, OwnPack, Rule
from edid.validation.own.showing import short
from edid.validation.verdict import Finding, Severity

LISTED = 20
"""Most findings of one rule that are listed."""
_WEIGHTS = (Severity.INFORMATION, Severity.WARNING, Severity.FATAL)


def run(pack: OwnPack, particulars: Particulars, circumstances: Circumstances) -> tuple[list[Finding], int]:
    """Return the findings of `pack`, the first `LISTED` of each rule, and how many there are with those not listed.

    What `particulars.unseen` names was not judged.
    """
    findings: list[Finding] = []
    total = 0
    for rule in pack.rules:
        severity = _severity(rule, circumstances)
        for number, breach in enumerate(rule.check(particulars, circumstances)):
            total += 1
            if number < LISTED:
                findings.append(_finding(pack, rule, breach, severity))
    return findings, total


def sha256_of(pack: OwnPack) -> str:
    """Return what identifies the program of `pack`: SHA-256 of its name and of the files of rules and reader."""
    return _sha256(pack.name)


@cache
def _sha256(name: str) -> str:
    digest = hashlib.sha256(name.encode())
    for module in (__file__, reader.__file__):
        folder = Path(module).parent
        for path in sorted(folder.rglob("*.py")):
            source = path.read_bytes()
            digest.update(f"\n{path.relative_to(folder).as_posix()} {len(source)}\n".encode())
            digest.update(source)
    return digest.hexdigest()


def _severity(rule: Rule, circumstances: Circumstances) -> Severity:
    if circumstances.environment == "qualification" and rule.in_qualification is not None:
        return rule.in_qualification
    return rule.severity


def _finding(pack: OwnPack, rule: Rule, breach: Breach, severity: Severity) -> Finding:
    at = breach.at
    return Finding(
        rule=rule.id,
        severity=min(severity, breach.at_most or severity, key=_WEIGHTS.index),
        message=_sentence(breach.message),
        line=None if at is None else at.line,
        path=None if at is None else at.path,
        found=short(breach.found) if breach.found else None,
        expected=breach.expected,
        pack=pack.name,
        terms=rule.terms,
    )


def _sentence(message: str) -> str:
    """Return `message` with a capital at its beginning."""
    return message[:1].upper() + message[1:]
