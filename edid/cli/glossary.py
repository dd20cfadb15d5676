"""Every word that edid can explain: rules, refusals, statuses, motives, business terms, interface codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from edid.cli import glossary_statuses
from edid.cli.meaning import Meaning
from edid.flows import interfaces, irr
from edid.lifecycle.statuses import plain
from edid.lifecycle.vocabulary import vocabulary
from edid.validation import official
from edid.validation.explanations import explain, rules, rules_about
from edid.validation.terms import all_terms, name_of

_LONGEST = 100
_CONTENTS: Mapping[interfaces.Content, tuple[str, str]] = {
    interfaces.Content.INVOICES: ("factures", "invoices"),
    interfaces.Content.WORKS_INVOICES: ("factures de travaux", "works invoices"),
    interfaces.Content.JUSTICE_FEES: ("mémoires de frais de justice", "statements of justice fees"),
    interfaces.Content.FLOW_REPORT: ("comptes rendus d'intégration de flux", "integration reports of flows"),
    interfaces.Content.LIFECYCLE: ("statuts de factures", "statuses of invoices"),
    interfaces.Content.DISTRIBUTION: (
        "factures distribuées au destinataire",
        "invoices distributed to their recipient",
    ),
    interfaces.Content.ACKNOWLEDGEMENT: ("accusés de réception de flux", "acknowledgements of flows"),
    interfaces.Content.E_REPORTING: ("données de transaction et de paiement", "transaction and payment data"),
}
_DIRECTIONS: Mapping[interfaces.Direction, tuple[str, str]] = {
    interfaces.Direction.EMISSION: ("du partenaire vers la plateforme", "from the partner to the platform"),
    interfaces.Direction.RECEPTION: ("de la plateforme vers le partenaire", "from the platform to the partner"),
}


def meanings_of(word: str) -> tuple[Meaning, ...]:
    """Return every meaning of `word`, in whatever case and with or without accents; none for an unknown word.

    `dialect:code`, such as cdar:210, asks for what one dialect means by a code.
    """
    asked = word.strip()[:_LONGEST]
    if not asked:
        return ()
    dialect, mark, code = asked.partition(":")
    if mark and dialect.strip().casefold() in vocabulary().dialects:
        return _in_dialect(code.strip(), dialect.strip().casefold())
    found = (meaning for spelled in _spelled(asked) for source in _SOURCES for meaning in source(spelled))
    return tuple(dict.fromkeys(found))


def close_to(word: str) -> list[str]:
    """Return a few known words that look like `word`."""
    spellings = _spellings()
    close = get_close_matches(word.strip()[:_LONGEST].casefold(), spellings, n=5, cutoff=0.6)
    return list(dict.fromkeys(known for each in close for known in spellings[each]))


def _in_dialect(code: str, dialect: str) -> tuple[Meaning, ...]:
    spelled = _spelled(code)[0] if code else ""
    told = (*glossary_statuses.status_code(code, dialect), *glossary_statuses.flow_state(code, dialect))
    return told or tuple(glossary_statuses.reason(spelled))


def _spelled(asked: str) -> tuple[str, ...]:
    """Return what `asked` stands for: a word as it is written, and the statuses that are called so."""
    known = (*_spellings().get(asked.casefold(), ()), *_plain_spellings().get(plain(asked), ()))
    return tuple(dict.fromkeys(known)) or (asked.upper(),)


@cache
def _spellings() -> Mapping[str, tuple[str, ...]]:
    """How edid writes each word, by the word in one case. A label of several statuses stands for each."""
    found: dict[str, dict[str, None]] = {}
    for written, name in glossary_statuses.spellings():
        found.setdefault(written.casefold(), {})[name] = None
    labelled = {written: tuple(names) for written, names in found.items()}
    known = [*rules(), *irr.reasons(), *vocabulary().statuses, *all_terms(), *interfaces.catalogue()]
    return labelled | {word.casefold(): (word,) for word in known}


@cache
def _plain_spellings() -> Mapping[str, tuple[str, ...]]:
    """How edid writes the words of the lifecycle, by each without accents and punctuation."""
    found: dict[str, dict[str, None]] = {}
    for written, name in glossary_statuses.spellings():
        found.setdefault(plain(written), {})[name] = None
    return {written: tuple(names) for written, names in found.items()}


def _rule(word: str) -> Iterator[Meaning]:
    explained = explain(word)
    said = official.official(word, official.installed())
    if explained.known or said:
        kind = "refusal" if word in irr.reasons() else "rule"
        texts = (explained.fr.meaning, explained.en.meaning, explained.fr.remedy, explained.en.remedy)
        yield Meaning(word, kind, *texts, source=explained.source, terms=explained.terms, official=said)


def _term(word: str) -> Iterator[Meaning]:
    fr, en = name_of(word, "fr"), name_of(word, "en")
    if fr is not None and en is not None:
        yield Meaning(word, "business term", fr, en, rules=rules_about(word))


def _interface(word: str) -> Iterator[Meaning]:
    found = interfaces.known(word)
    if found is None:
        return
    (what_fr, what_en), (where_fr, where_en) = _CONTENTS[found.content], _DIRECTIONS[found.direction]
    remedy_fr = remedy_en = None
    if found.retired and found.successor is not None:
        remedy_fr = f"Ce code est hors service : employez {found.successor}."
        remedy_en = f"This code is out of service: use {found.successor}."
    yield Meaning(
        word,
        "interface code",
        f"Flux de {what_fr}, {where_fr}, au format {found.format}.",
        f"Flow of {what_en}, {where_en}, in format {found.format}.",
        remedy_fr,
        remedy_en,
        source=found.source,
    )


_SOURCES = (
    _rule,
    glossary_statuses.status,
    glossary_statuses.status_code,
    glossary_statuses.flow_state,
    glossary_statuses.reason,
    glossary_statuses.request,
    _term,
    _interface,
)
