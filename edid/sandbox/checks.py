"""The platform's checks of a deposited flow, in its order, refusing with its IRR_* codes.

Source: AIFE, Dossier general v3.2, 3.4.2 to 3.4.4.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from edid.config.settings import Limits
from edid.documents.kinds import Facts, FlowStatus, InvoiceStatus, Kind, Reading
from edid.errors import EdidError
from edid.flows.interfaces import Content, known
from edid.flows.irr import reason
from edid.flows.names import FlowName, parse_lenient
from edid.flows.preflight import flow_findings
from edid.flows.subscriptions import Subscription
from edid.lifecycle.messages.cpp_statut import Fault
from edid.sandbox.accounts import Accounts
from edid.validation.judging import Judgement
from edid.validation.verdict import Finding, Outcome

Judge = Callable[[Path, Path], Judgement]
"""Reads and judges one file; the second path is an empty folder to work in."""

_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,251}\.(?i:xml|pdf)")
_MOST_FAULTS = 20
_NOBODY = Subscription((), (), (), ())


@dataclass(frozen=True, slots=True)
class Document:
    """One document of an accepted flow."""

    kind: Kind
    facts: Facts | None
    """None for lifecycle messages."""
    statuses: tuple[InvoiceStatus | FlowStatus, ...] = ()
    """Of a lifecycle message or an acknowledgement: what it says."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What the checks found."""

    flow: FlowName | None
    """None when the name cannot be read at all."""
    documents: tuple[Document, ...] = ()
    faults: tuple[Fault, ...] = ()
    """The flow is refused when there is one."""


class Examiner:
    """Checks flows; `known` tells whether a flow identifier was received before."""

    def __init__(self, accounts: Accounts, limits: Limits, judge: Judge, known: Callable[[str], bool]) -> None:
        self._accounts = accounts
        self._limits = limits
        self._judge = judge
        self._known = known

    def examine(self, path: Path, name: str, work: Path) -> Examination:
        """Check the flow `name` whose bytes are at `path`; `work` is a folder to unpack in, made and removed here."""
        flow = parse_lenient(name)
        faults = self._envelope(name, flow, path.stat().st_size, documents=1)
        if flow is None or faults:
            return Examination(flow, faults=tuple(faults))
        if self._known(flow.identifier):
            return Examination(flow, faults=(refusal("IRR_UNCITE", flow.identifier),))
        work.mkdir(parents=True)
        try:
            return self._contents(path, name, flow, work)
        except EdidError as error:
            return Examination(flow, faults=(refusal("IRR_SYNTAX", str(error)),))
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _envelope(self, name: str, flow: FlowName | None, size: int, documents: int) -> list[Fault]:
        application = flow.application if flow else ""
        subscription = self._accounts.subscription(application)
        findings = flow_findings(
            name,
            size,
            documents,
            application_code=application if subscription is not None else "-",
            subscription=subscription or _NOBODY,
            limits=self._limits,
            language="fr",
        )
        if subscription is None and any(finding.rule == "IRR_CODE_APP" for finding in findings):
            findings = [finding for finding in findings if finding.rule not in {"IRR_TYPE", "IRR_CODE_INTER"}]
        return [_as_fault(finding) for finding in findings]

    def _contents(self, path: Path, name: str, flow: FlowName, work: Path) -> Examination:
        judged = self._judge(path, _folder(work, "flow"))
        documents = [(name, judged)]
        if judged.reading is not None and judged.reading.kind is Kind.ARCHIVE:
            documents = [
                (member.name, self._judge(member.path, _folder(work, str(place))))
                for place, member in enumerate(judged.reading.members)
            ]
            faults = self._envelope(name, flow, path.stat().st_size, len(documents))
            faults += [refusal("IRR_NOM_F", member) for member, _ in documents if not _MEMBER.fullmatch(member)]
            if faults:
                return Examination(flow, faults=tuple(faults))
        faults = [fault for member, each in documents for fault in _document_faults(member, each, flow)]
        if faults:
            return Examination(flow, faults=tuple(faults[:_MOST_FAULTS]))
        readings = [each.reading for _, each in documents if each.reading is not None]
        return Examination(flow, documents=tuple(map(_document, readings)))


def refusal(code: str, description: str | None = None) -> Fault:
    """Return the fault called `code` (IRR_*) with its French label."""
    known = reason(code)
    return Fault(code, known.meaning("fr") if known else code, description)


def _document(reading: Reading) -> Document:
    return Document(reading.kind, reading.facts, (*reading.invoice_statuses, *reading.flow_statuses))


def _document_faults(name: str, judged: Judgement, flow: FlowName) -> Iterator[Fault]:
    reading, verdict = judged.reading, judged.verdict
    if reading is not None and not _travels(reading, flow):
        yield refusal("IRR_TYPE_F", f"{name} : {reading.kind} sous {flow.interface}")
    elif reading is not None and reading.envelope_flow_id not in {None, flow.identifier}:
        yield refusal("IRR_SYNTAX", f"{name} : IdFlx vaut {reading.envelope_flow_id}, non {flow.identifier}")
    elif verdict.outcome is Outcome.NOT_JUDGED:
        yield refusal("IRR_TYPE_F", f"{name} : {verdict.not_judged_because}")
    elif verdict.outcome is Outcome.INVALID:
        yield from (_document_fault(name, finding) for finding in verdict.findings)


def _travels(reading: Reading, flow: FlowName) -> bool:
    listed = known(flow.interface)
    if listed is None or reading.kind not in listed.kinds:
        return False
    if reading.kind is not Kind.CPP_STATUT:
        return True
    return bool(reading.flow_statuses if listed.content is Content.ACKNOWLEDGEMENT else reading.invoice_statuses)


def _document_fault(name: str, finding: Finding) -> Fault:
    code = finding.rule if finding.rule.startswith("IRR_") else "IRR_SYNTAX"
    place = f", ligne {finding.line}" if finding.line else ""
    return refusal(code, f"{name}{place} : {finding.message}")


def _as_fault(finding: Finding) -> Fault:
    wanted = f", attendu {finding.expected}" if finding.expected else ""
    return Fault(finding.rule, finding.message, f"{finding.path} : {finding.found}{wanted}")


def _folder(work: Path, name: str) -> Path:
    folder = work / name
    folder.mkdir()
    return folder
