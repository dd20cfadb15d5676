"""What one rule pack said of one document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from edid.validation.packs import Pack
from edid.validation.verdict import VALIDATOR_FAULT, Finding, Outcome, PackUsed, Severity


class Said(NamedTuple):
    """The pack as the verdict lists it, and its findings."""

    used: PackUsed
    findings: tuple[Finding, ...] = ()
    truncated: bool = False


def said(
    pack: Pack,
    findings: Iterable[Finding],
    *,
    mode: Severity = Severity.FATAL,
    truncated: bool = False,
    broken: int | None = None,
) -> Said:
    """Return what `pack` said when it judged the document: invalid with a fatal finding, else valid."""
    listed = tuple(findings)
    fatal = any(finding.severity is Severity.FATAL for finding in listed)
    used = _used(
        pack, mode, Outcome.INVALID if fatal else Outcome.VALID, None, len(listed) if broken is None else broken
    )
    return Said(used, listed, truncated)


def silent(pack: Pack, because: str, findings: Iterable[Finding] = (), *, mode: Severity = Severity.FATAL) -> Said:
    """Return what is said of `pack` when it could not judge the document."""
    return Said(_used(pack, mode, Outcome.NOT_JUDGED, because, 0), tuple(findings))


def broke_off(pack: Pack, cause: str, *, mode: Severity = Severity.FATAL) -> Said:
    """Return what is said of `pack` when its rules broke off with `cause`: their fault, not that of the document."""
    message = f"The rules of {pack.name} {pack.version} broke off on this document: {cause}"
    weight = Severity.INFORMATION if mode is Severity.INFORMATION else Severity.WARNING
    fault = Finding(VALIDATOR_FAULT, weight, message, pack=pack.name)
    return silent(pack, f"its rules broke off ({cause}).", [fault], mode=mode)


def _used(pack: Pack, mode: Severity, outcome: Outcome, because: str | None, broken: int) -> PackUsed:
    sha256 = pack.files.sha256 if pack.files else _own_sha256(pack)
    return PackUsed(pack.name, pack.version, sha256, mode, outcome, because, broken)


def _own_sha256(pack: Pack) -> str:
    from edid.validation.own_packs import sha256_of  # not needed, nor loaded, where only schemas judge

    return sha256_of(pack)
