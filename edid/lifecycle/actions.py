"""The table of what to do in each state, as data: `schemas/actions.yaml`, read once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Literal

from pydantic import Field, field_validator
from ruamel.yaml import YAML

from edid import resources
from edid.config.base import Section

AnswerName = Literal[
    "same-number", "new-number", "attachment", "resend-flow", "resend-refused", "decide", "replace", "none"
]


class AnswerText(Section):
    """One way of going on."""

    actor: Literal["nobody", "platform", "us", "recipient", "supplier"]
    answer: AnswerName = "none"
    days: int | None = None
    fr: str
    en: str


class Period(Section):
    """What holds from a day on."""

    since: date
    do: str


class Because(Section):
    """What a motive changes."""

    out: str
    in_: str = Field(alias="in")


class State(Section):
    """What to do in one state: dated, the oldest first."""

    out: tuple[Period, ...]
    in_: tuple[Period, ...] = Field(alias="in")
    because: Mapping[str, Because] = {}

    @field_validator("out", "in_", mode="before")
    @classmethod
    def _always(cls, value: object) -> object:
        return ({"since": date.min, "do": value},) if isinstance(value, str) else value


class Report(Section):
    """What to do about a flow with one report."""

    do: str
    because: Mapping[str, str] = {}


class Actions(Section):
    """The whole data file."""

    answers: Mapping[str, AnswerText]
    states: Mapping[str, State]
    reports: Mapping[str, Report]


@cache
def actions() -> Actions:
    """Return the table."""
    path = resources.folder("schemas") / "actions.yaml"
    return Actions.model_validate(YAML(typ="safe").load(path))
