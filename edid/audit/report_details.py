"""What an event carries, as a person reads it: words instead of keys, without what is empty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from edid.audit.fault import Language

_WORDS: Mapping[str, tuple[str, str]] = {
    "anyway": ("malgré l'absence de jugement, parce que", "although not judged, because"),
    "as": ("comme", "as"),
    "because_en": ("", "because"),
    "because_fr": ("parce que", ""),
    "by": ("par le document", "by document"),
    "code": ("code", "code"),
    "comment": ("commentaire", "comment"),
    "documents": ("documents", "documents"),
    "duplicate_of": ("doublon du document", "duplicate of document"),
    "error": ("erreur", "error"),
    "file_id": ("fichier", "file"),
    "filed_as": ("sous", "as"),
    "flow": ("flux", "flow"),
    "label": ("libellé", "label"),
    "name": ("nom", "name"),
    "number": ("numéro", "number"),
    "reason": ("raison", "reason"),
    "reasons": ("motifs", "reasons"),
    "routed_by": ("par la règle", "by the rule"),
    "rules": ("règles", "rules"),
    "same_bytes": ("mêmes octets", "same bytes"),
    "seller": ("vendeur", "seller"),
    "sha256": ("SHA-256", "SHA-256"),
    "size": ("octets", "bytes"),
    "source": ("reçu par", "received in"),
    "verdict": ("verdict", "verdict"),
    "verdict_sha256": ("SHA-256 du verdict", "SHA-256 of the verdict"),
}
"""Others go by their name."""
_VALUES: Mapping[str, tuple[str, str]] = {
    "valid": ("valide", "valid"),
    "invalid": ("invalide", "invalid"),
    "not judged": ("non jugé", "not judged"),
}
_PLAIN = {True: ("oui", "yes"), False: ("non", "no")}


def details(data: Mapping[str, Any], language: Language) -> str:
    """Return the data of one event in one line."""
    place = 0 if language == "fr" else 1
    between = " : " if language == "fr" else ": "
    said = []
    for key, value in data.items():
        word = _WORDS.get(key, (key, key))[place]
        if word and value not in (None, "", [], {}):
            said.append(f"{word}{between}{_value(value, language, place)}")
    return " ; ".join(said) if language == "fr" else "; ".join(said)


def _value(value: Any, language: Language, place: int) -> str:  # noqa: ANN401 - any JSON
    if isinstance(value, bool):
        return _PLAIN[value][place]
    if isinstance(value, str):
        return _VALUES.get(value, (value, value))[place]
    if isinstance(value, dict):
        return f"({details(value, language)})"
    if isinstance(value, list):
        return ", ".join(_value(each, language, place) for each in value)
    return json.dumps(value)
