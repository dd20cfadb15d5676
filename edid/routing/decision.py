"""Where one received invoice goes: an agency keeps it back, else the first fitting rule takes it, else `in`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from edid.config.routing import Routing, Rule
from edid.config.routing_values import frames
from edid.documents.kinds import Facts, ValidationStep
from edid.routing import explain
from edid.routing.agencies import Withheld, none_of_theirs, withheld
from edid.routing.conditions import Subject
from edid.routing.filing import EXCLUDED, INCOMING
from edid.routing.rules import first_fitting
from edid.routing.trail import Check, Trace
from edid.routing.trail_text import warnings
from edid.routing.validation import ValidationStanding, standing


@dataclass(frozen=True, slots=True)
class Route:
    """Where an invoice goes, and why."""

    action: Literal["folder", "exclude"]
    folder: str
    """Seen from the folder of the sheet: `in`, `in/achats`; for `exclude`: `excluded`, `excluded/alpha`."""
    rule: str | None
    """Name of the agency or rule that decided; None: nothing fitted."""
    by: Literal["agency", "rule", "default"]
    because_fr: str
    because_en: str
    standing: ValidationStanding
    trail: tuple[Trace, ...] = ()
    """What was looked at, in this order, up to what decided."""

    @property
    def near(self) -> tuple[tuple[Trace, Check], ...]:
        """What nearly fitted: a code written in another way, or a recipient that cannot be told. For warnings."""
        return tuple((trace, check) for trace in self.trail for check in trace.checks if check.near)

    def as_json(self) -> dict[str, Any]:
        """Return the route as it stands in notes, events and reports."""
        return {
            "action": self.action,
            "folder": self.folder,
            "rule": self.rule,
            "by": self.by,
            "because_fr": self.because_fr,
            "because_en": self.because_en,
            "awaiting": self.standing.awaiting,
            "tacit_deadline": self.standing.tacit_deadline and self.standing.tacit_deadline.isoformat(),
            "warnings_fr": warnings(self.trail, "fr"),
            "warnings_en": warnings(self.trail, "en"),
            "trail": [trace.as_json() for trace in self.trail],
        }


def route(
    routing: Routing,
    facts: Facts,
    *,
    kind: str | None,
    steps: Sequence[ValidationStep] = (),
    since: date | None = None,
) -> Route:
    """Return where an invoice of `kind` with `facts` goes by `routing`; pure, and never raises for what it says.

    `steps`: its cycle of validation. `since`: the day on which it reached its first validator, where known.
    """
    stands = standing(facts.frame, steps, second=frames(routing.second_validation), since=since)
    subject = Subject(facts, None if kind is None else str(kind), stands, steps)
    kept = withheld(routing.agencies, subject)
    if kept is not None:
        return _of_agency(kept, subject)
    looked_at = (none_of_theirs(routing.agencies, subject),) if routing.agencies else ()
    rule, traces = first_fitting(routing.rules, subject)
    trail = (*looked_at, *traces)
    if rule is None:
        return Route(
            "folder", INCOMING, None, "default", *explain.default(has_rules=bool(routing.rules)), stands, trail
        )
    return _of_rule(rule, stands, trail)


def _of_agency(kept: Withheld, subject: Subject) -> Route:
    told = explain.of_agency(kept, subject)
    return Route(
        "exclude", _below(EXCLUDED, kept.folder), kept.agency.name, "agency", *told, subject.standing, (kept.trace,)
    )


def _of_rule(rule: Rule, stands: ValidationStanding, trail: tuple[Trace, ...]) -> Route:
    told = explain.of_rule(rule, trail[-1])
    if rule.exclude is not None:
        return Route("exclude", _below(EXCLUDED, rule.exclude_to), rule.name, "rule", *told, stands, trail)
    return Route("folder", _below(INCOMING, rule.folder), rule.name, "rule", *told, stands, trail)


def _below(root: str, folder: str | None) -> str:
    return root if folder is None else f"{root}/{folder}"
