"""What a status code means, in whose words ever: a dialect is never chosen in silence.

Dialects: `cpp-statut` and `chorus-historical` (two numberings of Chorus Pro that disagree), `chorus-api` (names),
`cdar` (the AFNOR lifecycle message) and `flow-state` (states of a flow on the portal and in the API).

Sources: AIFE, schema CPPStatut V1_19 (IdStatut); AIFE, Dossier de specifications externes FE - Chorus Pro
v1.0, table 1, and v1.1, 2.4.2 and tables 9 to 11; FNFE-MPE, BR-FR-CDV 1.4.0, CL-06; AIFE, Dossier general v3.2.
Data: `schemas/statuses.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from edid.lifecycle.vocabulary import Numbering, Vocabulary, vocabulary

Dialect = Literal["cpp-statut", "chorus-historical", "chorus-api", "cdar", "flow-state"]
_LONGEST_LABEL = 400
"""A longer text is a comment, never a label."""


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
    """Name such as MISE_A_DISPOSITION, for a flow its report such as `refused`; None: unknown or ambiguous."""
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
    dialect: str = "cpp-statut",
    version: str | None = None,
    interface: str | None = None,
    label: str | None = None,
) -> Meaning:
    """Return the meaning of the status `code`; never raises, whatever it is.

    `dialect` says whose code it is, one of `Dialect`; in any other every code is unknown. `version` is the one
    the document claims, `interface` the code of the flow that brought it, `label` the text beside the number
    (ComplementStatut, MDT-106). The number decides where it is documented and uncontested; a label that names
    exactly one of the meanings that some numbering gives to the number decides among them; a label that
    contradicts a documented number makes it ambiguous. An unknown code is its own label.
    """
    words = vocabulary()
    numbering = words.numberings.get(dialect)
    if numbering is None or spelled(code) in words.flows:
        return _about_flow(code, dialect, words)
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


def spelled(code: str) -> str:
    """Return `code` as the vocabulary writes it: the schema compares values, so 1 is 01; names are capitals."""
    bare = code.strip()
    if re.fullmatch(r"[0-9]{1,6}", bare):
        return f"{int(bare):02d}"
    return bare.upper()


def plain(text: str) -> str:
    """Return `text` without case, accents, punctuation and repeated blanks."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", bare.casefold()))


def _about_flow(code: str, dialect: str, words: Vocabulary) -> Meaning:
    word = words.flows.get(spelled(code))
    if word is None or word.dialect != dialect or dialect == "cpp-statut":
        # A CPPStatut says in which of its two halves a code stands; 90 to 96 are no status of an invoice.
        return _undecided(code, (), known_version=True)
    return Meaning(code, word.report, word.fr, word.en, resolved_by="code")


def _decided(code: str, numbering: Numbering, interface: str | None) -> str | None:
    entry = numbering.entry(spelled(code))
    if entry is None or entry.contested or interface in numbering.unsure_interfaces:
        return None
    return entry.status


def _candidates(code: str, dialect: str, words: Vocabulary) -> Iterator[Alternative]:
    seen = set()
    for name in (dialect, *words.numberings[dialect].doubted_by):
        entry = words.numberings[name].entry(spelled(code))
        if entry is not None and entry.status not in seen:
            seen.add(entry.status)
            word = words.statuses[entry.status]
            yield Alternative(entry.status, word.fr, word.en, name, entry.confidence)


def _named_by(label: str | None, candidates: tuple[Alternative, ...], words: Vocabulary) -> str | None:
    if not label or len(label) > _LONGEST_LABEL:
        return None
    wanted = plain(label)
    named = [
        candidate.canonical
        for candidate in candidates
        if wanted
        in {
            plain(text)
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
