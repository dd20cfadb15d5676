"""The two notes beside a file that is set aside: `name.verdict.json` for programs, `name.verdict.txt` for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from edid.flows.irr import Language
from edid.validation.explanations import explain
from edid.validation.verdict import Finding, Outcome, Severity, Verdict

FOR_PROGRAMS, FOR_PEOPLE = ".verdict.json", ".verdict.txt"
"""Suffixes of the notes, after the full name of their file."""
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        ":": " :",
        "invalid": "REFUSÉ : ce fichier n'est pas parti.",
        "not judged": "EN ATTENTE : ce fichier n'a pas pu être contrôlé, il n'est pas parti.",
        "duplicate": "DOUBLON : edid a déjà ce document, il ne part pas une seconde fois.",
        "file": "Fichier",
        "sheet": "Fiche",
        "document": "Document",
        "fatal": "bloquant",
        "warning": "avertissement",
        "information": "information",
        "where": "Où",
        "line": "ligne",
        "found": "Trouvé",
        "expected": "Attendu",
        "remedy": "Que faire",
        "detail": "Détail technique (en anglais)",
        "because": "Motif",
        "packs": "Contrôlé avec",
        "more": "D'autres anomalies existent au-delà de cette liste.",
        "same bytes": "les mêmes octets ont déjà été pris en charge (facture {number})",
        "same invoice": "la facture {number} du même fournisseur et de la même année a déjà été prise en charge",
        "same batch": "un fichier déposé en même temps",
        "force": "rien si c'est un double dépôt. Pour l'envoyer quand même : repérez-le avec "
        "'edid documents list --state duplicate', puis 'edid documents force ID'.",
        "drop": "Corrigez le fichier puis déposez-le à nouveau dans le dossier de dépôt.",
        "held": "supprimez la cause avec l'exploitant d'edid, puis déposez le fichier à nouveau dans le dossier de "
        "dépôt : il sera contrôlé comme un nouveau fichier.",
    },
    "en": {
        ":": ":",
        "invalid": "REFUSED: this file has not left.",
        "not judged": "HELD: this file could not be checked, it has not left.",
        "duplicate": "DUPLICATE: edid already has this document, it does not leave a second time.",
        "file": "File",
        "sheet": "Sheet",
        "document": "Document",
        "fatal": "fatal",
        "warning": "warning",
        "information": "information",
        "where": "Where",
        "line": "line",
        "found": "Found",
        "expected": "Expected",
        "remedy": "What to do",
        "detail": "Detail",
        "because": "Reason",
        "packs": "Checked with",
        "more": "There are more findings than this list shows.",
        "same bytes": "the same bytes were taken before (invoice {number})",
        "same invoice": "invoice {number} of the same seller and year was taken before",
        "same batch": "a file dropped at the same time",
        "force": "nothing, if it was dropped twice. To send it all the same: find it with "
        "'edid documents list --state duplicate', then 'edid documents force ID'.",
        "drop": "Mend the file, then drop it again in the drop folder.",
        "held": "remove the cause with edid's operator, then drop the file again in the drop folder: it is checked "
        "like a new file.",
    },
}


def verdict_notes(
    verdict: Verdict, *, file: str, sheet: str, language: Language, origin: Mapping[str, Any]
) -> dict[str, bytes]:
    """Return the notes of a refused or held file by suffix (`.verdict.json`, `.verdict.txt`)."""
    words = _WORDS[language]
    heading = words[str(verdict.outcome)]
    lines = [heading, "", _line(words, "file", file), _line(words, "sheet", sheet)]
    if verdict.not_judged_because:
        lines.append(_line(words, "because", verdict.not_judged_because))
    for number, finding in enumerate(sorted(verdict.findings, key=_heaviest_first), 1):
        lines += ["", *_finding_lines(number, finding, language)]
    if verdict.truncated:
        lines += ["", words["more"]]
    if verdict.packs:
        packs = ", ".join(f"{pack.name} {pack.version}" for pack in verdict.packs)
        lines += ["", _line(words, "packs", packs)]
    if verdict.outcome is Outcome.INVALID:
        lines += ["", words["drop"]]
    if verdict.outcome is Outcome.NOT_JUDGED:
        lines += ["", _line(words, "remedy", words["held"])]
    data = {
        "file": file,
        "sheet": sheet,
        **origin,
        "meanings": _meanings(verdict.findings, language),
        "verdict": verdict.as_json(),
    }
    return _notes(data, lines)


def _heaviest_first(finding: Finding) -> int:
    return (Severity.FATAL, Severity.WARNING, Severity.INFORMATION).index(finding.severity)


def duplicate_notes(
    *,
    file: str,
    sheet: str,
    language: Language,
    origin: Mapping[str, Any],
    number: str | None,
    original: int | None,
    same_bytes: bool,
) -> dict[str, bytes]:
    """Return the notes of a file set aside as a duplicate of the document `original` (None: of this same batch)."""
    words = _WORDS[language]
    same = words["same bytes" if same_bytes else "same invoice"].format(number=number or "?")
    which = words["same batch"] if original is None or original < 0 else f"document {original}"
    lines = [
        words["duplicate"],
        "",
        _line(words, "file", file),
        _line(words, "sheet", sheet),
        _line(words, "because", f"{same} ({which})"),
        "",
        _line(words, "remedy", words["force"]),
    ]
    return _notes({"file": file, "sheet": sheet, **origin, "because": same, "duplicate_of": which}, lines)


def _meanings(findings: Sequence[Finding], language: Language) -> dict[str, dict[str, str]]:
    """Return what each rule means and what to do, by rule, for programs that show it to people."""
    known = {finding.rule: explain(finding.rule) for finding in findings}
    return {
        rule: {"meaning": told.meaning(language), "remedy": told.remedy(language)}
        for rule, told in known.items()
        if told.known
    }


def _finding_lines(number: int, finding: Finding, language: Language) -> list[str]:
    """Return the plain sentence first, then the place, then what to do, then the technical words."""
    words = _WORDS[language]
    told = explain(finding.rule)
    plain, remedy = (told.meaning(language), told.remedy(language)) if told.known else (finding.message, finding.remedy)
    place = ", ".join(
        part for part in (f"{words['line']} {finding.line}" if finding.line else "", finding.path or "") if part
    )
    detail = "" if plain in finding.message else f"{finding.message} {finding.remedy or ''}".rstrip()
    said = (
        ("where", place),
        ("found", finding.found),
        ("expected", finding.expected),
        ("remedy", remedy),
        ("detail", detail),
    )
    heading = f"{number}. [{words[str(finding.severity)]}] {finding.rule}{words[':']} {plain}"
    return [heading, *(f"   {_line(words, word, value)}" for word, value in said if value)]


def _line(words: Mapping[str, str], word: str, value: str) -> str:
    return f"{words[word]}{words[':']} {value}"


def _notes(data: Mapping[str, Any], lines: list[str]) -> dict[str, bytes]:
    return {
        FOR_PROGRAMS: (json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n").encode(),
        FOR_PEOPLE: ("\n".join(lines) + "\n").encode(),
    }
