"""A rule of edid's own: what it demands, how heavy it is, where the demand comes from, how it is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from edid.documents.particulars.model import Datum, Particulars
from edid.validation.verdict import Severity


class Circumstances(NamedTuple):
    """What a rule may depend on besides the document."""

    day: date
    """Day of the deposit, in French time."""
    environment: Literal["qualification", "production"]


class Breach(NamedTuple):
    """One place where a rule is broken."""

    message: str
    """English sentence, with the values."""
    at: Datum | None = None
    """Where; None when what is demanded is nowhere in the document."""
    found: str | None = None
    expected: str | None = None
    at_most: Severity | None = None
    """A severity below that of the rule, where the source says less for this case."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Its meaning and what to do, in French and English, stand in schemas/explanations/."""

    id: str
    severity: Severity
    check: Callable[[Particulars, Circumstances], Iterable[Breach]]
    """Yields the breaches; reads only what it is given, and raises nothing whatever the document holds."""
    source: str
    """Whose demand this is, document and section, and how sure it is."""
    terms: tuple[str, ...] = ()
    """Business terms: BT-1, ... ."""
    in_qualification: Severity | None = None
    """Severity in the qualification environment, where it differs."""


@dataclass(frozen=True, slots=True)
class OwnPack:
    """A named set of rules."""

    name: str
    version: str
    """Date of the last change of a rule, YYYY.MM.DD."""
    rules: tuple[Rule, ...]
