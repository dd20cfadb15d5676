"""What edid says about the validity of a received invoice: `verdict.json` for programs, `verdict.txt` for people.

A received invoice is filed whatever the verdict: refusing it is for a person to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edid.documents.names import shown
from edid.exchange.filing import VERDICT, VERDICT_TEXT, Origin, json_text
from edid.flows.irr import Language
from edid.validation.explanations import explain
from edid.validation.verdict import Finding, Outcome, Severity, Verdict

_WORST_FIRST = (Outcome.INVALID, Outcome.NOT_JUDGED, Outcome.VALID)
_HEAVIEST_FIRST = (Severity.FATAL, Severity.WARNING, Severity.INFORMATION)
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        ":": " :",
        "invalid": "À VÉRIFIER : cette facture reçue n'est pas valide. Elle est classée telle quelle.",
        "not judged": "NON CONTRÔLÉE : cette facture reçue n'a pas pu être contrôlée en entier. Elle est classée "
        "telle quelle.",
        "flow": "Flux",
        "sheet": "Fiche",
        "message": "Message de la plateforme",
        "invoice": "Facture d'origine",
        "valid": "valide",
        "is invalid": "non valide",
        "is not judged": "non contrôlé",
        "because": "Motif",
        "where": "Où",
        "found": "Trouvé",
        "expected": "Attendu",
        "remedy": "Que faire",
        "fatal": "bloquant",
        "warning": "avertissement",
        "information": "information",
        "line": "ligne",
        "more": "D'autres anomalies existent au-delà de cette liste.",
        "decide": "décidez si la facture est acceptable ; sinon, suspendez-la ou rejetez-la et demandez au fournisseur "
        "une facture corrigée.",
    },
    "en": {
        ":": ":",
        "invalid": "TO CHECK: this received invoice is not valid. It is filed as it came.",
        "not judged": "NOT CHECKED: this received invoice could not be checked completely. It is filed as it came.",
        "flow": "Flow",
        "sheet": "Sheet",
        "message": "Message of the platform",
        "invoice": "Original invoice",
        "valid": "valid",
        "is invalid": "not valid",
        "is not judged": "not checked",
        "because": "Reason",
        "where": "Where",
        "found": "Found",
        "expected": "Expected",
        "remedy": "What to do",
        "fatal": "fatal",
        "warning": "warning",
        "information": "information",
        "line": "line",
        "more": "There are more findings than this list shows.",
        "decide": "decide whether the invoice is acceptable; if not, suspend or refuse it and ask the supplier for a "
        "corrected one.",
    },
}


@dataclass(frozen=True, slots=True)
class Part:
    """Something that was judged: the `message` of the platform, or the `invoice` itself."""

    what: str
    name: str
    kind: str
    verdict: Verdict


def outcome_of(parts: Sequence[Part]) -> Outcome:
    """Return the worst outcome of `parts`, of which there is one at least."""
    return min((part.verdict.outcome for part in parts), key=_WORST_FIRST.index)


def worst(parts: Sequence[Part]) -> Verdict:
    """Return the verdict with the worst outcome; the last of several, which is the invoice itself."""
    outcome = outcome_of(parts)
    return next(part.verdict for part in reversed(parts) if part.verdict.outcome is outcome)


def verdict_files(parts: Sequence[Part], *, sheet: str, origin: Origin, language: Language) -> dict[str, str]:
    """Return the small files that tell the verdict, by name; the text for people only when not all is valid."""
    outcome = outcome_of(parts)
    data = {
        "origin": origin.as_json(),
        "outcome": outcome,
        "judged": [
            {
                "what": part.what,
                "name": part.name,
                "kind": part.kind,
                "meanings": _meanings(part.verdict, language),
                "verdict": part.verdict.as_json(),
            }
            for part in parts
        ],
    }
    files = {VERDICT: json_text(data)}
    if outcome is not Outcome.VALID:
        files[VERDICT_TEXT] = "\n".join([*_lines(parts, outcome, sheet, origin, _WORDS[language], language), ""])
    return files


def _meanings(verdict: Verdict, language: Language) -> dict[str, dict[str, str]]:
    told = {finding.rule: explain(finding.rule) for finding in verdict.findings}
    return {
        rule: {"meaning": each.meaning(language), "remedy": each.remedy(language)}
        for rule, each in told.items()
        if each.known
    }


def _lines(
    parts: Sequence[Part],
    outcome: Outcome,
    sheet: str,
    origin: Origin,
    words: Mapping[str, str],
    language: Language,
) -> Iterator[str]:
    colon = words[":"]
    yield words[str(outcome)]
    yield ""
    yield f"{words['flow']}{colon} {shown(origin.flow)}"
    yield f"{words['sheet']}{colon} {sheet}"
    for part in parts:
        verdict = part.verdict
        state = words["valid" if verdict.outcome is Outcome.VALID else f"is {verdict.outcome}"]
        yield ""
        yield f"{words[part.what]} ({part.name}, {part.kind}){colon} {state}"
        if verdict.not_judged_because:
            yield f"{words['because']}{colon} {verdict.not_judged_because}"
        heaviest_first = sorted(verdict.findings, key=lambda finding: _HEAVIEST_FIRST.index(finding.severity))
        for number, finding in enumerate(heaviest_first, 1):
            yield from _finding(number, finding, words, language)
        if verdict.truncated:
            yield words["more"]
    yield ""
    yield f"{words['remedy']}{colon} {words['decide']}"


def _finding(number: int, finding: Finding, words: Mapping[str, str], language: Language) -> Iterator[str]:
    told = explain(finding.rule)
    plain = told.meaning(language) if told.known else finding.message
    place = ", ".join(filter(None, (f"{words['line']} {finding.line}" if finding.line else "", finding.path or "")))
    colon = words[":"]
    yield f"  {number}. [{words[str(finding.severity)]}] {finding.rule}{colon} {plain}"
    for word, value in (("where", place), ("found", finding.found), ("expected", finding.expected)):
        if value:
            yield f"     {words[word]}{colon} {value}"
