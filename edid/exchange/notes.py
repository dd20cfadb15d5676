"""The two notes beside a file that is set aside: `name.verdict.json` for programs, `name.verdict.txt` for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from edid.validation.verdict import Finding, Outcome, Verdict

_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "invalid": "REFUSÉ : ce fichier n'est pas parti.",
        "not judged": "EN ATTENTE : ce fichier n'a pas pu être contrôlé, il n'est pas parti.",
        "duplicate": "DOUBLON : ce document est déjà parti, il n'a pas été renvoyé.",
        "file": "Fichier",
        "sheet": "Fiche",
        "document": "Document",
        "line": "ligne",
        "found": "trouvé",
        "expected": "attendu",
        "remedy": "Que faire",
        "because": "Motif",
        "packs": "Contrôlé avec",
        "more": "D'autres anomalies existent au-delà de cette liste.",
        "same bytes": "les mêmes octets ont déjà été pris en charge (facture {number})",
        "same invoice": "la facture {number} du même fournisseur et de la même année a déjà été prise en charge",
        "same batch": "un fichier déposé en même temps",
        "force": "rien si c'est un double dépôt. Pour l'envoyer quand même : repérez-le avec "
        "'edid documents list --state duplicate', puis 'edid documents force NUMERO'.",
        "drop": "Corrigez le fichier puis déposez-le à nouveau dans le dossier de dépôt.",
    },
    "en": {
        "invalid": "REFUSED: this file has not left.",
        "not judged": "HELD: this file could not be checked, it has not left.",
        "duplicate": "DUPLICATE: this document has already left, it was not sent again.",
        "file": "File",
        "sheet": "Sheet",
        "document": "Document",
        "line": "line",
        "found": "found",
        "expected": "expected",
        "remedy": "What to do",
        "because": "Reason",
        "packs": "Checked with",
        "more": "There are more findings than this list shows.",
        "same bytes": "the same bytes were taken before (invoice {number})",
        "same invoice": "invoice {number} of the same seller and year was taken before",
        "same batch": "a file dropped at the same time",
        "force": "nothing, if it was dropped twice. To send it all the same: find it with "
        "'edid documents list --state duplicate', then 'edid documents force ID'.",
        "drop": "Mend the file, then drop it again in the drop folder.",
    },
}


def verdict_notes(
    verdict: Verdict, *, file: str, sheet: str, language: str, origin: Mapping[str, Any]
) -> dict[str, bytes]:
    """Return the notes of a refused or held file by suffix (`.verdict.json`, `.verdict.txt`)."""
    words = _WORDS[language]
    heading = words[str(verdict.outcome)]
    lines = [heading, "", f"{words['file']}: {file}", f"{words['sheet']}: {sheet}"]
    if verdict.not_judged_because:
        lines.append(f"{words['because']}: {verdict.not_judged_because}")
    for number, finding in enumerate(verdict.findings, 1):
        lines += ["", *_finding_lines(number, finding, words)]
    if verdict.truncated:
        lines += ["", words["more"]]
    if verdict.packs:
        packs = ", ".join(f"{pack.name} {pack.version}" for pack in verdict.packs)
        lines += ["", f"{words['packs']}: {packs}"]
    if verdict.outcome is Outcome.INVALID:
        lines += ["", words["drop"]]
    data = {"file": file, "sheet": sheet, **origin, "verdict": verdict.as_json()}
    return _notes(data, lines)


def duplicate_notes(
    *,
    file: str,
    sheet: str,
    language: str,
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
        f"{words['file']}: {file}",
        f"{words['sheet']}: {sheet}",
        f"{words['because']}: {same} ({which})",
        "",
        f"{words['remedy']}: {words['force']}",
    ]
    return _notes({"file": file, "sheet": sheet, **origin, "because": same, "duplicate_of": which}, lines)


def _finding_lines(number: int, finding: Finding, words: Mapping[str, str]) -> list[str]:
    place = ", ".join(
        part for part in (f"{words['line']} {finding.line}" if finding.line else "", finding.path or "") if part
    )
    lines = [f"{number}. [{finding.severity}] {finding.rule}: {finding.message}"]
    if place:
        lines.append(f"   {place}")
    for word in ("found", "expected", "remedy"):
        value = getattr(finding, word)
        if value:
            lines.append(f"   {words[word]}: {value}")
    return lines


def _notes(data: Mapping[str, Any], lines: list[str]) -> dict[str, bytes]:
    return {
        ".verdict.json": (json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n").encode(),
        ".verdict.txt": ("\n".join(lines) + "\n").encode(),
    }
