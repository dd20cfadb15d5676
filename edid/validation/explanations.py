"""What a rule means and what to do about it, in French and English, for whoever has to mend a document.

Data: every YAML file of `schemas/explanations/` (its keys are described in `br-fr.yaml` there), and `schemas/irr.yaml`.
An entry is found by the exact id; else by what its id and the rule's have in common before an underscore, the longest
first; else by a pattern, the longest first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from edid.validation import pieces
from edid.validation.explanation_index import Found, index, names
from edid.validation.terms import Language, terms_in

_LONGEST_ID = 200


class Texts(NamedTuple):
    """What is said in one language."""

    meaning: str
    """What is wrong: one sentence."""
    remedy: str
    """What to do."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of a rule."""

    rule: str
    terms: tuple[str, ...]
    """Business terms that it is about."""
    known: bool
    """False when only the shape of its id is known; the texts then say no more than whose rule it is."""
    fr: Texts
    en: Texts
    source: str | None
    """Whose rule it is."""

    def meaning(self, language: Language) -> str:
        """Return what is wrong, one sentence."""
        return self._texts(language).meaning

    def remedy(self, language: Language) -> str:
        """Return what to do."""
        return self._texts(language).remedy

    def _texts(self, language: Language) -> Texts:
        return self.fr if language == "fr" else self.en


@lru_cache(maxsize=2048)
def explain(rule: str) -> Explanation:
    """Return the explanation of the rule with id `rule`, as its pack writes it. An unknown id gets a generic one."""
    name = rule[:_LONGEST_ID]
    found = index().find(name)
    entry = _entry(found.piece)
    return Explanation(
        rule=rule,
        terms=_terms(name, found, entry),
        known=entry.known,
        fr=entry.fr,
        en=entry.en,
        source=entry.source or _entry(index().shape_of(name)).source,
    )


def rules() -> tuple[str, ...]:
    """Return the id of every entry and of every rule that an entry names besides, without patterns."""
    return tuple(found.name for found in index().exact.values())


def rules_about(term: str) -> tuple[str, ...]:
    """Return the ids, as in `rules`, that are about the business term `term`; a family stands for its members."""
    written = re.compile(rf"(?<![\w-]){re.escape(term)}(?![\w-])")
    near = [found for found in index().exact.values() if written.search(found.piece)]
    about = {found.name: names(found.piece)[0] for found in near if term in explain(found.name).terms}
    return tuple(name for name, home in about.items() if "_" not in name or not {home, _family(name)} & about.keys())


def _family(name: str) -> str:
    return name.partition("_")[0]


class _Entry(NamedTuple):
    fr: Texts
    en: Texts
    terms: tuple[str, ...]
    also: Mapping[str, tuple[str, ...]]
    known: bool
    source: str | None


@cache
def _entry(piece: str) -> _Entry:
    data = pieces.read(piece)
    if isinstance(data, dict):
        return _refusal(*data.values())
    row = data[0]
    also = row.get("also", ())
    return _Entry(
        fr=Texts(**row["fr"]),
        en=Texts(**row["en"]),
        terms=tuple(row.get("terms", ())),
        also={each: tuple(terms) for each, terms in also.items()} if isinstance(also, dict) else {},
        known=row.get("known", True),
        source=row.get("source"),
    )


def _refusal(row: Mapping[str, str]) -> _Entry:
    """Return an entry of `irr.yaml`, which is laid out otherwise."""
    return _Entry(
        fr=Texts(row["fr"], row["remedy_fr"]),
        en=Texts(row["en"], row["remedy_en"]),
        terms=(),
        also={},
        known=True,
        source="AIFE, Dossier général v3.2, 3.4.2 to 3.4.4",
    )


def _terms(rule: str, found: Found, entry: _Entry) -> tuple[str, ...]:
    # An entry that names this very rule knows its terms; else those in the id say more than those of the family.
    if not entry.known:
        return terms_in(rule)
    own = entry.also.get(found.name, ())
    if found.exact:
        return own or entry.terms or terms_in(rule)
    return terms_in(rule) or own or entry.terms
