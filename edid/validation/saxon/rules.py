"""What the rules of a pack say of a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from edid.documents.xml import Element
from edid.errors import PermanentError
from edid.validation.packs import Pack
from edid.validation.said import Said, broke_off, said, silent
from edid.validation.saxon import svrl
from edid.validation.saxon.engine import RulesBrokeOffError, engine
from edid.validation.saxon.locations import places_of
from edid.validation.terms import terms_in
from edid.validation.verdict import Finding, Severity
from edid.validation.weighing import lighter, weighed

if TYPE_CHECKING:
    from saxonche import PyXdmNode


def rules_said(pack: Pack, mode: Severity, root: Element, document: PyXdmNode) -> Said:
    """Return what the stylesheet of `pack` says of `document`, whose tree has the root `root`.

    It did not judge when its files cannot be trusted or do not compile, when it broke off, or when none of its rules
    met anything in the document.
    """
    try:
        answer = svrl.read(engine().run(pack, document))
    except RulesBrokeOffError as error:
        return broke_off(pack, str(error), mode=mode)
    except (PermanentError, ValueError) as error:
        return silent(pack, str(error), mode=mode)
    if not answer.fired:
        return silent(pack, "none of its rules is about anything in this document.", mode=mode)
    findings = tuple(_findings(pack, mode, root, answer))
    return said(pack, findings, mode=mode, truncated=answer.total > len(answer.spoken), broken=answer.total)


def _findings(pack: Pack, mode: Severity, root: Element, answer: svrl.Answer) -> Iterator[Finding]:
    places = places_of(root, [spoken.location for spoken in answer.spoken])
    for spoken, where in zip(answer.spoken, places, strict=True):
        severity = weighed(spoken.rule, spoken.flag, Severity.FATAL, pack.weighings)
        if severity is None:
            continue
        yield Finding(
            rule=spoken.rule,
            severity=lighter(severity, mode),
            message=spoken.message,
            line=where.line,
            path=where.path,
            found=where.found,
            pack=pack.name,
            terms=terms_in(spoken.rule) or terms_in(spoken.message),
        )
