"""One meaning of a word that `edid explain` shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from edid.lifecycle.action import Action


class Use(NamedTuple):
    """Where a status is written, and how."""

    dialect: str
    code: str
    contested: bool = False


class Todo(NamedTuple):
    """What to do in a state, seen from one side, from a day on."""

    direction: str
    """out: an invoice or flow that we sent; in: one that we received."""
    action: Action
    since: date | None = None
    """None: always, or since before anything else."""
    until: date | None = None
    """First day on which it no longer holds."""
    reason: str | None = None
    """The motive with which it holds; None: with any other."""


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
    uses: tuple[Use, ...] = ()
    """Codes of a status in each dialect."""
    todos: tuple[Todo, ...] = ()
    """Who acts in a state, and what they do."""
    passed_on: str | None = None
    """AFNOR code that a platform gets for a status of Chorus Pro."""
