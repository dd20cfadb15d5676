"""The vocabulary of statuses as data: `schemas/statuses.yaml`, read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal

from ruamel.yaml import YAML

from edid import resources
from edid.config.base import Section

Confidence = Literal["high", "medium", "low"]


class Word(Section):
    """A canonical status of an invoice."""

    fr: str
    en: str
    labels: tuple[str, ...] = ()
    """Further French labels under which a platform writes it."""


class Entry(Section):
    """What one numbering says a number means."""

    status: str
    confidence: Confidence
    contested: bool = False
    """True when another official text gives the number another meaning, or when this one is inferred."""


class Numbering(Section):
    """One numbering of invoice statuses: a dialect."""

    source: str
    codes: Mapping[str, Entry] = {}
    names: tuple[str, ...] = ()
    """Codes that are canonical names at once."""
    doubted_by: tuple[str, ...] = ()
    """Other numberings that a number may belong to instead."""
    versions: tuple[str, ...] = ()
    """Versions of the schema that it was read from."""
    unsure_interfaces: tuple[str, ...] = ()
    """Interfaces where no public text says that it applies."""

    def entry(self, code: str) -> Entry | None:
        """Return what `code`, spelled as the vocabulary spells it, means here; None when it is not known."""
        if code in self.names:
            return Entry(status=code, confidence="medium")
        return self.codes.get(code)

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Yield every code with its meaning."""
        yield from self.codes.items()
        for name in self.names:
            yield name, Entry(status=name, confidence="medium")


class FlowWord(Section):
    """What a code says about a flow."""

    report: str
    fr: str
    en: str
    dialect: str = "cpp-statut"
    """Where the code is used."""


class Equivalences(Section):
    """What Chorus Pro passes on between its own statuses and the AFNOR message."""

    source: str
    to_cdar: Mapping[str, str]
    to_cdar_by_frame: Mapping[str, Mapping[str, str]]
    from_cdar: Mapping[str, str]


class Vocabulary(Section):
    """The whole data file."""

    flows: Mapping[str, FlowWord]
    statuses: Mapping[str, Word]
    numberings: Mapping[str, Numbering]
    equivalences: Equivalences

    @property
    def dialects(self) -> frozenset[str]:
        """Every dialect that has at least one code here."""
        return frozenset(self.numberings) | {word.dialect for word in self.flows.values()}


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary."""
    path = resources.folder("schemas") / "statuses.yaml"
    return Vocabulary.model_validate(YAML(typ="safe").load(path))
