"""Promise 1: what the ERP dropped and the partner offered is somewhere, and the store holds what its addresses say."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.scenario import Scenario
from tests.faults.seen import Seen
from tests.faults.world import digest, names_below


def lost(seen: Seen) -> Iterator[str]:
    """Yield what is nowhere any more, at any instant."""
    for scenario in _chapters(seen.world.scenario):
        yield from _dropped(seen, scenario)
        yield from _offered(seen, scenario)
    yield from _misnamed(seen)


def orphans(seen: Seen) -> Iterator[str]:
    """Yield originals in the store that no row names: nobody would ever find or purge them. For the end only.

    What edid made itself, a batch or a message, may lie there: a crash came before its row, and it was made anew.
    """
    chapters = list(_chapters(seen.world.scenario))
    originals = [content for one in chapters for content in (*one.dropped.values(), *one.decided.values())]
    originals += [content for one in chapters for content in one.offered.values()]
    for address in _addresses(seen):
        if address not in seen.named and seen.stored(address) in originals:
            yield f"left behind: no row names the stored bytes {address[:12]}"


def _chapters(scenario: Scenario) -> Iterator[Scenario]:
    if scenario.after is not None:
        yield from _chapters(scenario.after)
    yield scenario


def _dropped(seen: Seen, scenario: Scenario) -> Iterator[str]:
    sheet = seen.world.sheet
    for folder, dropped in (("out", scenario.dropped), ("decide", scenario.decided)):
        for name, content in dropped.items():
            waiting = [path for path in names_below(sheet) if path == f"{folder}/{name}" or _claims(path, name)]
            here = any((sheet / path).read_bytes() == content for path in waiting)
            rows = seen.rows("files", name=name)
            known = any(_kept(seen, row["sha256"], content) for row in rows)
            refused = any(row["state"] == "rejected" for row in rows) and seen.stands("rejected", content)
            if not (here or known or refused):
                yield f"lost: {name} is neither in the drop folder nor in the journal with its bytes"


def _offered(seen: Seen, scenario: Scenario) -> Iterator[str]:
    for name, content in scenario.offered.items():
        here = (seen.world.partner / "out" / name).is_file()
        known = any(_kept(seen, row["sha256"], content) for row in seen.rows("flows", name=name))
        if not (here or known):
            yield f"lost: {name} is neither at the partner nor in the journal with its bytes"


def _claims(path: str, name: str) -> bool:
    return path.startswith(("claimed/", "claimed-decide/")) and path.endswith(f"-{name}")


def _kept(seen: Seen, sha256: str | None, content: bytes) -> bool:
    """Tell whether these bytes are stored, or were purged and the journal says so."""
    return sha256 == digest(content) and (seen.stored(sha256) == content or sha256 in seen.purged)


def _addresses(seen: Seen) -> Iterator[str]:
    for path in (seen.world.company.state / "store").rglob("*"):
        if path.is_file() and path.parent.name != "incoming":
            yield path.parent.name + path.name


def _misnamed(seen: Seen) -> Iterator[str]:
    for address in _addresses(seen):
        if digest(seen.stored(address) or b"") != address:
            yield f"lost: the store does not hold the bytes of its address {address[:12]}"
