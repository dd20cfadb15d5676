"""What must hold whenever the house is cut off, and what must be true once it could finish."""

from __future__ import annotations

from tests.faults.final import left, not_final, not_once
from tests.faults.lost import lost, orphans
from tests.faults.seen import Seen
from tests.faults.untrue import broken_chain, untrue
from tests.faults.visible import half_noted, half_visible
from tests.faults.world import World


def broken_at_the_cut(world: World) -> list[str]:
    """Return which promises do not hold right after the house was cut off, before the next start."""
    seen = Seen.now(world)
    return [*lost(seen), *untrue(seen), *half_visible(seen)]


def broken_at_the_end(world: World, before: set[str]) -> list[str]:
    """Return which promises do not hold once a house has finished in peace; `before`: names the partner saw before."""
    seen = Seen.now(world)
    if seen.damage is not None or not seen.tables["events"]:
        return [*lost(seen), *untrue(seen), "not final: no events"]
    return [
        *lost(seen),
        *orphans(seen),
        *untrue(seen),
        *broken_chain(seen),
        *half_visible(seen),
        *half_noted(seen),
        *not_final(seen),
        *not_once(seen, before),
        *left(seen),
    ]


def names_at_partner(world: World) -> set[str]:
    """Return the names of flows that stand at the partner, finished or not."""
    return {path.name.removesuffix(".part") for path in (world.partner / "in").iterdir()}
