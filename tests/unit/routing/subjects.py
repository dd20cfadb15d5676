"""Small ways to write a routing section and ask it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edid.config.routing import Routing
from edid.documents.kinds import Facts, ValidationStep
from edid.routing.decision import Route, route

GLN = "3012345000000"
SIRET = "73282932000074"
OTHER_SIRET = "12345678200010"


def routing(*rules: dict[str, Any], agencies: Sequence[dict[str, Any]] = (), **more: Any) -> Routing:
    return Routing.model_validate({"rules": list(rules), "agencies": list(agencies), **more})


def rule(name: str = "one", folder: str = "chosen", **when: Any) -> dict[str, Any]:
    return {"name": name, "folder": folder, **({"when": when} if when else {})}


def agency(name: str = "Alpha", **keys: Any) -> dict[str, Any]:
    return {"name": name, **keys}


def ask(settings: Routing, steps: Sequence[ValidationStep] = (), kind: str | None = "cpp-pivot", **facts: Any) -> Route:
    return route(settings, Facts(**facts), kind=kind, steps=steps)


def fits(steps: Sequence[ValidationStep] = (), kind: str | None = "cpp-pivot", *, when: dict[str, Any], **facts: Any):
    """Tell whether the conditions `when` hold for an invoice with `facts`."""
    return ask(routing(rule(**when)), steps, kind, **facts).rule is not None
