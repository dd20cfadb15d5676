"""What the platform would refuse about a document or a flow, found before anything leaves the house.

Every finding carries the platform's own IRR_* code. Source: AIFE, Dossier general v3.2, 3.4.2 to 3.4.4
(order and codes of the checks); AIFE, Dossier de specifications externes FE - Chorus Pro v1.0, 5.4.1
(sizes, extensions).
"""

from __future__ import annotations

from collections.abc import Iterator

from edid.config.settings import Limits
from edid.documents.kinds import Kind
from edid.flows.interfaces import known
from edid.flows.irr import Language, reasons
from edid.flows.names import FlowName, parse_lenient
from edid.flows.subscriptions import Subscription
from edid.validation.verdict import Finding, Severity

_EXTENSIONS = ("tar.gz", "xml", "pdf")


def document_findings(
    name: str, size: int, kind: Kind | None, limits: Limits, language: Language = "fr"
) -> list[Finding]:
    """Return what is wrong with one document of a flow.

    `size` is in bytes, unpacked; `kind` is None when nothing known was recognised. Codes: IRR_VIDE_F,
    IRR_TAILLE_F, IRR_TYPE_F.
    """
    findings = []
    if size == 0:
        findings.append(_finding("IRR_VIDE_F", language, name, "0 B", "> 0 B"))
    elif kind in {None, Kind.ARCHIVE}:
        findings.append(_finding("IRR_TYPE_F", language, name, kind, None))
    if size > limits.document_size:
        findings.append(_finding("IRR_TAILLE_F", language, name, f"{size} B", f"<= {limits.document_size} B"))
    return findings


def flow_findings(
    name: str,
    size: int,
    documents: int,
    *,
    application_code: str,
    subscription: Subscription,
    limits: Limits,
    language: Language = "fr",
) -> list[Finding]:
    """Return what is wrong with one flow, about to leave or received by a simulated partner.

    `name` is the name on the wire, with or without extension; `size` the bytes on the wire; `documents` how
    many it holds. Codes: IRR_VIDE, IRR_TAILLE, IRR_FORM, IRR_CODE_APP, IRR_CODE_INTER, IRR_TYPE.
    """
    findings = list(_content(name, size, documents, limits, language))
    stem, dot, extension = name.partition(".")
    if dot and extension.lower() not in _EXTENSIONS:
        findings.append(_finding("IRR_TYPE", language, name, f".{extension}", " ".join(_EXTENSIONS)))
    parts = parse_lenient(stem)
    if parts is None or parts.deviant or not int(parts.sequence):
        findings.append(_finding("IRR_FORM", language, name, stem, None))
    if parts is not None:
        findings.extend(_envelope(parts, application_code, subscription, language))
    return findings


def _content(name: str, size: int, documents: int, limits: Limits, language: Language) -> Iterator[Finding]:
    if size == 0 or documents == 0:
        yield _finding("IRR_VIDE", language, name, f"{size} B, {documents} documents", "> 0")
    if size > limits.flow_size:
        yield _finding("IRR_TAILLE", language, name, f"{size} B", f"<= {limits.flow_size} B")
    if documents > limits.flow_documents:
        found, expected = f"{documents} documents", f"<= {limits.flow_documents} documents"
        yield _finding("IRR_TAILLE", language, name, found, expected)


def _envelope(
    parts: FlowName, application_code: str, subscription: Subscription, language: Language
) -> Iterator[Finding]:
    name = str(parts)
    if {parts.application, parts.sender} != {application_code}:
        found = " / ".join(dict.fromkeys((parts.application, parts.sender)))
        yield _finding("IRR_CODE_APP", language, name, found, application_code)
    listed = known(parts.interface)
    if listed is None or listed.retired:
        successor = listed.successor if listed else None
        yield _finding("IRR_CODE_INTER", language, name, parts.interface, successor)
    elif not subscription.sends(parts.interface):
        subscribed = ", ".join((*subscription.emission, *subscription.secondary_emission)) or "-"
        yield _finding("IRR_TYPE", language, name, parts.interface, subscribed)


def _finding(code: str, language: Language, name: str, found: str | None, expected: str | None) -> Finding:
    reason = reasons()[code]
    return Finding(
        rule=code,
        severity=Severity.FATAL,
        message=f"{name}: {reason.meaning(language)}",
        found=found,
        expected=expected,
        remedy=reason.remedy(language),
    )
