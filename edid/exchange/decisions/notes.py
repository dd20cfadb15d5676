"""The notes beside a decision file of which rows were refused: what left, what did not, and what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from edid.documents.names import shown
from edid.exchange.notes import FOR_PEOPLE, FOR_PROGRAMS
from edid.flows.irr import Language
from edid.validation.verdict import Finding

_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "fr": {
        ":": " :",
        "some": "EN PARTIE : {given} décision(s) sont parties, {refused} ligne(s) sont refusées.",
        "none": "REFUSÉ : aucune décision de ce fichier n'est partie.",
        "file": "Fichier",
        "sheet": "Fiche",
        "row": "ligne",
        "whole": "le fichier entier",
        "mend": "Que faire : corrigez les lignes refusées et déposez-les dans un nouveau fichier. Les décisions "
        "parties ne partiront pas une seconde fois, même si elles y figurent encore.",
    },
    "en": {
        ":": ":",
        "some": "IN PART: {given} decision(s) left, {refused} row(s) are refused.",
        "none": "REFUSED: no decision of this file has left.",
        "file": "File",
        "sheet": "Sheet",
        "row": "row",
        "whole": "the whole file",
        "mend": "What to do: mend the refused rows and drop them in a new file. Decisions that left do not leave a "
        "second time, even if they still stand there.",
    },
}


def decision_notes(
    refused: Mapping[int, Sequence[Finding]],
    given: int,
    *,
    file: str,
    sheet: str,
    language: Language,
    origin: Mapping[str, Any],
) -> dict[str, bytes]:
    """Return the notes by suffix. `refused`: what is wrong, by row; row 0 stands for the file as such."""
    words = _WORDS[language]
    heading = words["some" if given else "none"].format(given=given, refused=len(refused))
    lines = [heading, "", f"{words['file']}{words[':']} {shown(file)}", f"{words['sheet']}{words[':']} {sheet}", ""]
    for row, findings in sorted(refused.items()):
        place = f"{words['row']} {row}" if row else words["whole"]
        lines += [f"- {place}{words[':']} {shown(each.message, limit=500)} ({each.rule})" for each in findings]
    lines += ["", words["mend"], ""]
    rows = [
        {"row": row, "rule": each.rule, "message": each.message}
        for row, findings in sorted(refused.items())
        for each in findings
    ]
    data = {"file": file, "sheet": sheet, **origin, "given": given, "refused": rows}
    return {
        FOR_PROGRAMS: (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode(),
        FOR_PEOPLE: "\n".join(lines).encode(),
    }
