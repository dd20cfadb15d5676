"""The rules of a sheet, tried in their order: the first whose conditions all hold takes the invoice."""

from __future__ import annotations

from collections.abc import Sequence

from edid.config.routing import Rule
from edid.routing.conditions import Subject, checks
from edid.routing.trail import Trace


def first_fitting(rules: Sequence[Rule], subject: Subject) -> tuple[Rule | None, tuple[Trace, ...]]:
    """Return the rule that takes the invoice, or None, and a trace of each rule that was tried."""
    traces = []
    for rule in rules:
        held = tuple(checks(rule.when, subject))
        fits = all(check.fits for check in held)
        traces.append(Trace("rule", rule.name, fits, held))
        if fits:
            return rule, tuple(traces)
    return None, tuple(traces)
