"""The calls of one house with all that they wrote, as strace tells them in hexadecimal."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.driving import Driver
from tests.faults.tracing import CALLS, LINE
from tests.faults.world import World

_TOKEN = re.compile(r'(?P<fd>-?\w+)<(?P<at>[^>]*)>|"(?P<text>[^"]*)"')
_NUMBER = re.compile(r"(?<![\w<\\])\d+(?![\w<])")
_RESULT = re.compile(r"\) += (?P<value>-?\d+)")
_HEX = re.compile(r"\\x([0-9a-f]{2})")
_MOST = 1 << 24


@dataclass(frozen=True)
class Call:
    """One call that succeeded."""

    name: str
    result: int
    places: tuple[tuple[int | None, str], ...]
    """Open files and folders among the arguments: descriptor (None: the working folder) and the path it stood at."""
    texts: tuple[bytes, ...]
    """Names and written bytes, in their order."""
    numbers: tuple[int, ...]
    """Plain decimal numbers among the arguments, in their order."""
    raw: str

    def path(self, place: int = 0) -> str:
        """Return the absolute path that the `place`-th text names."""
        at = self.places[place][1] if place < len(self.places) else ""
        return os.path.normpath(os.path.join(at, os.fsdecode(self.texts[place])))  # noqa: PTH118


def recorded_calls(driver: Driver, world: World, log: Path) -> list[Call]:
    """Run one house unharmed; return all its calls that changed something or moved in a file, with their bytes."""
    world.reset()
    names = f"{CALLS},lseek"
    code = driver.run(
        world.config, trace=["-y", "-xx", "-s", str(_MOST), "-o", str(log), "-e", f"trace={names}", "-e", "signal=none"]
    )
    assert code == 0, f"the unharmed run ended with {code}"
    lines = log.read_text().splitlines()
    threads = {line.partition(" ")[0] for line in lines}
    assert len(threads) == 1, "calls of several threads would have no order"
    return list(filter(None, map(_call, lines)))


def _call(line: str) -> Call | None:
    match = LINE.match(line)
    if match is None:
        return None
    arguments, _, _ = match["rest"].rpartition(") ")
    result = _RESULT.search(match["rest"], len(arguments))
    if result is None or int(result["value"]) < 0:
        return None
    tokens = list(_TOKEN.finditer(arguments))
    return Call(
        match["call"],
        int(result["value"]),
        tuple(_places(tokens)),
        tuple(_bytes(token["text"]) for token in tokens if token["text"] is not None),
        tuple(int(number, 8 if number.startswith("0") else 10) for number in _NUMBER.findall(_plain(arguments))),
        _plain(match["rest"])[:300],
    )


def _places(tokens: list[re.Match[str]]) -> Iterator[tuple[int | None, str]]:
    for token in tokens:
        if token["fd"] is not None:
            yield (int(token["fd"]) if token["fd"].isdigit() else None, os.fsdecode(_bytes(token["at"])))


def _bytes(written: str) -> bytes:
    return bytes.fromhex("".join(_HEX.findall(written)))


def _plain(arguments: str) -> str:
    """Return the arguments without texts and places, so that numbers and flags are left."""
    return _TOKEN.sub("_", arguments)
