"""Every word that edid can explain: rules, refusals, statuses, business terms, interface codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from edid.flows import interfaces, irr
from edid.lifecycle.vocabulary import Word, vocabulary
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


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of a word."""

    word: str
    """As edid writes it."""
    kind: str
    fr: str
    en: str
    remedy_fr: str | None = None
    remedy_en: str | None = None
    source: str | None = None
    terms: tuple[str, ...] = ()
    """Business terms that a rule is about."""
    rules: tuple[str, ...] = ()
    """Rules about a business term."""
    official: tuple[tuple[str, str], ...] = ()
    """File and message of each rule file that says something of the rule."""


def meanings_of(word: str) -> tuple[Meaning, ...]:
    """Return every meaning of `word`, in whatever case it is written; none for an unknown word."""
    asked = word.strip()[:_LONGEST]
    if not asked:
        return ()
    spelled = _spellings().get(asked.casefold(), asked.upper())
    sources = (_rule, _status, _status_number, _flow_status, _term, _interface)
    return tuple(meaning for source in sources for meaning in source(spelled))


def close_to(word: str) -> list[str]:
    """Return a few known words that look like `word`."""
    spellings = _spellings()
    close = get_close_matches(word.strip()[:_LONGEST].casefold(), spellings, n=5, cutoff=0.6)
    return list(dict.fromkeys(spellings[each] for each in close))


@cache
def _spellings() -> Mapping[str, str]:
    """How edid writes each word, by the word in one case."""
    words = vocabulary()
    named = {label: name for name, status in words.statuses.items() for label in (*status.labels, status.fr, status.en)}
    known = [*rules(), *irr.reasons(), *words.statuses, *all_terms(), *interfaces.catalogue()]
    spelled = {label.casefold(): name for label, name in named.items()}
    return spelled | {word.casefold(): word for word in known}


def _rule(word: str) -> Iterator[Meaning]:
    explained = explain(word)
    said = official.official(word, official.installed())
    if explained.known or said:
        kind = "refusal" if word in irr.reasons() else "rule"
        texts = (explained.fr.meaning, explained.en.meaning, explained.fr.remedy, explained.en.remedy)
        yield Meaning(word, kind, *texts, source=explained.source, terms=explained.terms, official=said)


def _status(word: str) -> Iterator[Meaning]:
    status = vocabulary().statuses.get(word)
    if status is not None:
        yield Meaning(word, "status", status.fr, status.en)


def _status_number(word: str) -> Iterator[Meaning]:
    words = vocabulary()
    for numbering in words.numberings.values():
        entry = numbering.codes.get(_two_digits(word))
        if entry is not None:
            status: Word = words.statuses[entry.status]
            doubt = (", sens contesté", ", contested") if entry.contested else ("", "")
            fr, en = (f"{text} ({entry.status}{so})" for text, so in zip((status.fr, status.en), doubt, strict=True))
            yield Meaning(_two_digits(word), "status", fr, en, source=numbering.source)


def _flow_status(word: str) -> Iterator[Meaning]:
    status = vocabulary().flows.get(word)
    if status is not None:
        yield Meaning(word, "flow status", status.fr, status.en)


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


def _two_digits(word: str) -> str:
    return word.zfill(2) if word.isdecimal() else word
