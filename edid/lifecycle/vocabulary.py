"""The vocabulary of statuses as data: `schemas/statuses.yaml`, read once."""

from __future__ import annotations

from functools import cache
from typing import Literal

from ruamel.yaml import YAML

from edid import resources
from edid.config.base import Section


class Word(Section):
    """A canonical status of an invoice."""

    fr: str
    en: str
    labels: tuple[str, ...] = ()
    """Further French labels under which the platform writes it."""


class Entry(Section):
    """What one numbering says a number means."""

    status: str
    confidence: Literal["high", "medium", "low"]
    contested: bool = False
    """True when another official text gives the number another meaning, or when this one is inferred."""


class Numbering(Section):
    """One numbering of invoice statuses."""

    codes: dict[str, Entry]
    source: str
    versions: tuple[str, ...] = ()
    """Versions of the schema that it was read from."""
    unsure_interfaces: tuple[str, ...] = ()
    """Interfaces where no public text says that it applies."""


class FlowWord(Section):
    """What a number says about a flow."""

    report: str
    fr: str
    en: str


class Vocabulary(Section):
    """The whole data file."""

    flows: dict[str, FlowWord]
    statuses: dict[str, Word]
    numberings: dict[str, Numbering]


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary."""
    path = resources.folder("schemas") / "statuses.yaml"
    return Vocabulary.model_validate(YAML(typ="safe").load(path))
