"""What a status number of an invoice means: two numberings exist, and none is chosen in silence.

Sources: AIFE, schema CPPStatut V1_19 (IdStatut); AIFE, Dossier de specifications externes FE - Chorus Pro
v1.0, table 1, and v1.1, 2.4.2 and tables 9 to 11. Data: `schemas/statuses.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from edid.lifecycle.vocabulary import Numbering, Vocabulary, vocabulary

Dialect = Literal["cpp-statut", "chorus-historical"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One meaning that a number may have."""

    canonical: str
    label_fr: str
    label_en: str
    numbering: str
    """The numbering that gives it this meaning."""
    confidence: str
    """high, medium or low."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one status says."""

    code: str
    """As written."""
    canonical: str | None
    """API name such as MISE_A_DISPOSITION; None while the code is unknown or ambiguous."""
    label_fr: str
    label_en: str
    ambiguous: bool = False
    alternatives: tuple[Alternative, ...] = ()
    """What it may mean, the asked numbering first; only when ambiguous."""
    resolved_by: Literal["code", "label"] | None = None
    known_version: bool = True
    """False when the document claims a version of its schema that this vocabulary was not made for."""


def interpret(
    code: str,
    dialect: Dialect = "cpp-statut",
    version: str | None = None,
    interface: str | None = None,
    label: str | None = None,
) -> Meaning:
    """Return the meaning of the status number `code`; never raises, whatever it is.

    `version` is the one the document claims, `interface` the code of the flow that brought it, `label` the
    text beside the number (ComplementStatut). The number decides where it is documented and uncontested; a
    label that names exactly one of the meanings that some numbering gives to the number decides among them;
    a label that contradicts a documented number makes it ambiguous. An unknown code is its own label.
    """
    words = vocabulary()
    numbering = words.numberings[dialect]
    known_version = version is None or not numbering.versions or version in numbering.versions
    candidates = tuple(_candidates(code, dialect, words))
    decided = _decided(code, numbering, interface)
    named = _named_by(label, candidates, words)
    if decided is not None and named in {None, decided}:
        resolved_by: Literal["code", "label"] | None = "code"
    elif decided is None and named is not None:
        decided, resolved_by = named, "label"
    else:
        return _undecided(code, candidates, known_version=known_version)
    word = words.statuses[decided]
    return Meaning(code, decided, word.fr, word.en, resolved_by=resolved_by, known_version=known_version)


def _decided(code: str, numbering: Numbering, interface: str | None) -> str | None:
    entry = numbering.codes.get(_two_digits(code))
    if entry is None or entry.contested or interface in numbering.unsure_interfaces:
        return None
    return entry.status


def _candidates(code: str, dialect: str, words: Vocabulary) -> Iterator[Alternative]:
    seen = set()
    for name in sorted(words.numberings, key=lambda name: name != dialect):
        entry = words.numberings[name].codes.get(_two_digits(code))
        if entry is not None and entry.status not in seen:
            seen.add(entry.status)
            word = words.statuses[entry.status]
            yield Alternative(entry.status, word.fr, word.en, name, entry.confidence)


def _named_by(label: str | None, candidates: tuple[Alternative, ...], words: Vocabulary) -> str | None:
    if not label:
        return None
    wanted = _plain(label)
    named = [
        candidate.canonical
        for candidate in candidates
        if wanted
        in {
            _plain(text)
            for text in (
                candidate.canonical,
                candidate.label_fr,
                *words.statuses[candidate.canonical].labels,
            )
        }
    ]
    return named[0] if len(named) == 1 else None


def _undecided(code: str, candidates: tuple[Alternative, ...], *, known_version: bool) -> Meaning:
    shown = code.strip() or "?"
    label_fr = label_en = shown
    if candidates:
        label_fr = f"{shown} : {' ou '.join(candidate.label_fr for candidate in candidates)} ?"
        label_en = f"{shown}: {' or '.join(candidate.label_en for candidate in candidates)}?"
    return Meaning(
        code,
        None,
        label_fr,
        label_en,
        ambiguous=bool(candidates),
        alternatives=candidates,
        known_version=known_version,
    )


def _two_digits(code: str) -> str:
    """Return the number as the vocabulary writes it: the schema compares values, so 1 is 01."""
    number = code.strip()
    if re.fullmatch(r"[0-9]{1,6}", number):
        return f"{int(number):02d}"
    return number


def _plain(text: str) -> str:
    """Return `text` without case, accents, punctuation and repeated blanks."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", bare.casefold()))
