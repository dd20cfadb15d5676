"""Which pack judges a document when a format has several versions, and the verdict that follows.

The messages of Chorus Pro may state their version in @Version, and real ones often do not. A stated version decides.
None stated: the document is valid when it fits any version that edid knows, the newest tried first. A version that
edid does not know is not judged, whatever the schemas at hand say of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from edid.errors import PermanentError, RefusedInputError
from edid.validation.checking import Checkable
from edid.validation.packs import Pack
from edid.validation.verdict import Finding, Outcome, PackUsed, Severity, Verdict, not_judged
from edid.validation.xsd import Checked

RULE = "VERSION"


def verdict_of(document: Checkable, packs: Sequence[Pack], stated: str | None) -> Verdict:
    """Return the verdict of `packs` (of one kind, the newest first) on a document that states version `stated`.

    A pack that cannot be trusted or built makes the document `not judged`. Raises RefusedInputError when the document
    turns out to be malformed.
    """
    version = _normal(stated)
    fitting = [pack for pack in packs if version in pack.versions]
    try:
        if version is not None and packs[0].versions and not fitting:
            return _unknown_version(document, packs[0], version)
        return _decided(document, fitting or packs, version)
    except RefusedInputError:
        raise
    except PermanentError as error:
        return not_judged(str(error))


def _decided(document: Checkable, packs: Sequence[Pack], version: str | None) -> Verdict:
    newest: Checked | None = None
    for pack in packs:
        checked = document.check(pack)
        if not checked.findings:
            return Verdict(Outcome.VALID, (_used(pack),), _assumed(pack, version))
        newest = newest or checked
    assert newest is not None
    pack = packs[0]
    findings = (*document.explain(pack, newest.findings), *_assumed(pack, version))
    return Verdict(Outcome.INVALID, (_used(pack),), findings, truncated=newest.truncated)


def _unknown_version(document: Checkable, newest: Pack, version: str) -> Verdict:
    checked = document.check(newest)
    fits = "does not fit" if checked.findings else "fits"
    because = f"edid has no schema for {newest.name} {version}; the document {fits} {newest.version}."
    findings = tuple(replace(finding, severity=Severity.WARNING) for finding in checked.findings)
    return Verdict(Outcome.NOT_JUDGED, (_used(newest),), findings, because, checked.truncated)


def _assumed(pack: Pack, version: str | None) -> tuple[Finding, ...]:
    if version is not None or not pack.versions:
        return ()
    message = f"the document states no version; it was judged as {pack.name} {pack.version}."
    return (Finding(RULE, Severity.INFORMATION, message, expected="attribute Version of the root element"),)


def _normal(stated: str | None) -> str | None:
    """Return `V2_02` for `V2_02`, ` v2.02` or `2.02`, and None for nothing."""
    text = (stated or "").strip().upper().replace(".", "_")
    return f"V{text.removeprefix('V')}" if text else None


def _used(pack: Pack) -> PackUsed:
    return PackUsed(pack.name, pack.version, pack.xsd.sha256)
