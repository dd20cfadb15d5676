"""How it must stand once a house could finish: everything once, in a last state, and nothing left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.faults.seen import HIDDEN, Seen, is_note
from tests.faults.visible import is_message, members
from tests.faults.world import names_below

_MODES = {"out": 0o3770, "decide": 0o3770, "claimed": 0o2700, "claimed-decide": 0o2700, "status": 0o2770}
_UNDER_WAY = {
    "files": {"claimed"},
    "documents": {"valid", "packed", "received"},
    "flows": {"ready", "sending", "fetched"},
}


def not_final(seen: Seen) -> Iterator[str]:
    """Yield rows that still wait, or ended otherwise than they should, and what the ERP was not told once."""
    scenario = seen.world.scenario
    for table, passing in _UNDER_WAY.items():
        found = Counter(row["state"] for row in seen.rows(table))
        if dict(found) != getattr(scenario, table):
            yield f"not final: {table} are {dict(found)}, expected {getattr(scenario, table)}"
        if waiting := passing & found.keys():
            yield f"not final: {table} still {sorted(waiting)}"
    if unended := [row["id"] for row in seen.rows("attempts") if row["ended_at"] is None]:
        yield f"not final: attempts {unended} never ended"
    for flow in seen.rows("flows", direction="out", state="sent"):
        if flow["sent_at"] is None or flow["next_attempt_at"] is not None:
            yield f"not final: {flow['name']} is sent and waits"
    told = Counter(seen.told)
    for state, count in scenario.answers.items():
        if told[state] != count:
            yield f"not final: the ERP was told {state} {told[state]} times"
    newest = max((row["id"] for row in seen.rows("events")), default=0)
    if any(place > newest for place in seen.cursors.values()):
        yield f"not final: {seen.cursors} are beyond the newest event {newest}"


def not_once(seen: Seen, before: set[str]) -> Iterator[str]:
    """Yield what there is twice, or not at all; `before`: the names that the partner saw at the cut."""
    scenario, at_partner = seen.world.scenario, seen.at_partner()
    messages = [content for content in at_partner.values() if is_message(seen, content)]
    delivered = [one for content in at_partner.values() if content not in messages for one in members(content)]
    if sorted(delivered) != sorted(scenario.delivered) or len(messages) != scenario.messages:
        yield f"not once: the partner holds {sorted(at_partner)}"
    names = before | {name.removesuffix(".part") for name in at_partner}
    if len(names) != scenario.flows.get("sent", 0):
        yield f"not once: the partner saw the names {sorted(names)}"
    filed = scenario.filed + (scenario.after.filed if scenario.after else ())
    for folder, wanted in (("in", filed), ("rejected", scenario.kept), ("duplicates", ())):
        there = [name for name in names_below(seen.world.sheet / folder) if not is_note(name)]
        if sorted((seen.world.sheet / folder / name).read_bytes() for name in there) != sorted(wanted):
            yield f"not once: {folder}/ holds {there}"
    spoken = Counter((row["source_flow_id"], row["message_id"], row["position"]) for row in seen.rows("statuses"))
    if spoken and max(spoken.values()) > 1:
        yield f"not once: statuses {spoken}"
    flows = Counter(row["name"] for row in seen.rows("flows"))
    yield from (f"not once: {count} flows are named {name}" for name, count in flows.items() if count > 1)


def left(seen: Seen) -> Iterator[str]:
    """Yield files and folders that no step will ever remove, and folders with wrong rights."""
    world = seen.world
    passing = ("out/", "decide/", "claimed/", "claimed-decide/")
    found = [name for name in names_below(world.sheet) if HIDDEN.search(name) or name.startswith(passing)]
    found += [str(path.relative_to(world.sheet)) for path in world.sheet.rglob(".*") if path.is_dir()]
    found += [str(path.relative_to(world.sheet)) for path in world.sheet.glob("claimed*/*") if path.is_dir()]
    found += [name for name in names_below(world.company.state) if name.endswith((".tmp", ".new"))]
    found += world.company.temporary()
    found += [f"partner {path.name}" for folder in ("out", "tmp") for path in (world.partner / folder).iterdir()]
    found += [f"anchor {name}" for name in names_below(world.anchors) if HIDDEN.search(name)]
    yield from (f"left behind: {name}" for name in sorted(set(found)))
    folders = {path.name: path.stat().st_mode & 0o7777 for path in world.sheet.iterdir() if path.is_dir()}
    for name, mode in folders.items():
        if mode != _MODES.get(name, 0o2750):
            yield f"wrong rights: {name} {mode:o}"
