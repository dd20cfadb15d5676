"""Which schema judges a document when a format has several versions, and what is said then.

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
from edid.validation.said import Said, said, silent
from edid.validation.verdict import Finding, Severity
from edid.validation.weighing import lighter
from edid.validation.xsd import Checked

RULE = "VERSION"


def schema_said(document: Checkable, packs: Sequence[Pack], stated: str | None, mode: Severity) -> Said:
    """Return what the schemas `packs` (of one kind, the newest first) say of a document that states version `stated`.

    A schema that cannot be trusted or built does not judge. Raises RefusedInputError when the document turns out to be
    malformed.
    """
    version = _normal(stated)
    fitting = [pack for pack in packs if version in pack.versions]
    try:
        if version is not None and packs[0].versions and not fitting:
            return _unknown_version(document, packs[0], version, mode)
        return _decided(document, fitting or packs, version, mode)
    except RefusedInputError:
        raise
    except PermanentError as error:
        return silent((fitting or packs)[0], str(error), mode=mode)


def _decided(document: Checkable, packs: Sequence[Pack], version: str | None, mode: Severity) -> Said:
    newest: Checked | None = None
    for pack in packs:
        checked = document.check(pack)
        if not checked.findings:
            return said(pack, _assumed(pack, version), mode=mode, broken=0)
        newest = newest or checked
    assert newest is not None
    pack = packs[0]
    weight = lighter(Severity.FATAL, mode)
    explained = (replace(each, severity=weight, pack=pack.name) for each in document.explain(pack, newest.findings))
    findings = (*explained, *_assumed(pack, version))
    return said(pack, findings, mode=mode, truncated=newest.truncated, broken=len(newest.findings))


def _unknown_version(document: Checkable, newest: Pack, version: str, mode: Severity) -> Said:
    checked = document.check(newest)
    fits = "does not fit" if checked.findings else "fits"
    because = f"edid has no schema for {newest.name} {version}; the document {fits} {newest.version}."
    findings = tuple(replace(finding, severity=Severity.WARNING, pack=newest.name) for finding in checked.findings)
    return silent(newest, because, findings, mode=mode)._replace(truncated=checked.truncated)


def _assumed(pack: Pack, version: str | None) -> tuple[Finding, ...]:
    if version is not None or not pack.versions:
        return ()
    message = f"the document states no version; it was judged as {pack.name} {pack.version}."
    expected = "attribute Version of the root element"
    return (Finding(RULE, Severity.INFORMATION, message, expected=expected, pack=pack.name),)


def _normal(stated: str | None) -> str | None:
    """Return `V2_02` for `V2_02`, ` v2.02` or `2.02`, and None for nothing."""
    text = (stated or "").strip().upper().replace(".", "_")
    return f"V{text.removeprefix('V')}" if text else None
