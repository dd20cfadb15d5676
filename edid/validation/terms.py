"""Business terms: which ones a text names, and what each is called in French and English.

Sources: EN 16931-1 (BT, BG), AFNOR XP Z12-012 as its rules name them (EXT-FR-FE, MDT, MDG). Data:
`schemas/explanations/business-terms.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from edid import resources
from edid.validation import pieces

Language = Literal["fr", "en"]

_TERM = re.compile(
    r"(?<![A-Za-z0-9])(?:EXT-FR-FE-(?:BG-)?\d{1,4}|MD[TG]-\d{1,4}(?:-\d{1,2})?|B[TG]-(?:X-)?\d{1,4})(?![A-Za-z0-9])"
)
_LONGEST_TEXT = 20_000
_MOST_TERMS = 20


def terms_in(text: str) -> tuple[str, ...]:
    """Return the numbers of business terms in a rule id or message, each once, as they come, at most twenty.

    The scheme of a term (BT-29-1) counts as the term itself: in rule ids such a suffix is often only a counter.
    """
    found = dict.fromkeys(match.group() for match in _TERM.finditer(text[:_LONGEST_TEXT]))
    return tuple(found)[:_MOST_TERMS]


def name_of(term: str, language: Language) -> str | None:
    """Return the name of a business term or group, or None when it has none here."""
    names = _names(term)
    return None if names is None else names[language]


@cache
def all_terms() -> tuple[str, ...]:
    """Return every term that has a name, in the order of the data file."""
    return tuple(_pieces())


def _names(term: str) -> dict[Language, str] | None:
    piece = _pieces().get(term)
    return None if piece is None else _read(piece, term)


@cache
def _read(piece: str, term: str) -> dict[Language, str]:
    names: dict[Language, str] = pieces.read(piece)[term]
    return names


@cache
def _pieces() -> Mapping[str, str]:
    path = resources.folder("schemas") / "explanations" / "business-terms.yaml"
    return {piece.partition(":")[0]: piece for piece in pieces.cut(path.read_text("utf-8"))}
