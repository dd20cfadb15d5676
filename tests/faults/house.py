"""edid without its threads: one process runs every loop of every sheet in turn until nothing moves any more.

What differs from `edid run`: the loops take turns in one thread, the judge sits in the same process, and no retry waits
longer than a moment.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import structlog
from sqlalchemy import func, select

from edid.audit.anchor import anchor
from edid.config.loader import Configuration, load
from edid.errors import EdidError
from edid.exchange.house import House
from edid.exchange.setbacks import is_outage
from edid.journal import tables
from edid.service.corridors import Corridors, build
from edid.service.lock import StateLock
from edid.validation.worker import JudgePool
from tests.faults.stand_ins import Judges, UntilTheNextRound

MOST_ROUNDS = 12
REFUSED = 3
"""Exit code of a house that could not open: systemd would start it again."""
_MOMENT = 0.002
"""What failed is due again after a millisecond: the sheets of the scenarios say so."""
log = structlog.get_logger()


def run(config: Path) -> int:
    """Work until two rounds in a row change nothing; return the exit code."""
    try:
        configuration = load(config)
        with StateLock(configuration.settings.state), _opened(configuration) as house:
            _rounds(configuration, house)
            _anchor(house)
    except (EdidError, OSError):
        with suppress(OSError):
            traceback.print_exc()
        return REFUSED
    return 0


@contextmanager
def _opened(configuration: Configuration) -> Iterator[House]:
    with closing(House.open(configuration)) as whole:
        yield replace(whole, judges=cast("JudgePool", Judges(whole)), setbacks=UntilTheNextRound())


def _rounds(configuration: Configuration, house: House) -> None:
    opened: dict[str, Corridors] = {}
    before: object = None
    for _ in range(MOST_ROUNDS):
        cast("UntilTheNextRound", house.setbacks).begin()
        whole = _open_the_rest(configuration, house, opened)
        for corridors in opened.values():
            corridors.poll()
            for loop in corridors.loops:
                whole &= _turn(loop)
        after = _signature(configuration, house)
        if whole and after == before:
            return
        before = after
        time.sleep(_MOMENT)


def _open_the_rest(configuration: Configuration, house: House, opened: dict[str, Corridors]) -> bool:
    """Open the sheets that are not open, as the daemon does every thirty seconds; False when one could not be."""
    whole = True
    for name, sheet in configuration.sheets.items():
        if name not in opened:
            try:
                opened[name] = build(house, sheet)
            except (EdidError, OSError) as error:
                log.error("sheet.closed", sheet=name, error=str(error))
                whole = False
            except Exception:
                log.exception("sheet.closed", sheet=name)
                whole = False
    return whole


def _turn(loop: Any) -> bool:
    """A few steps of a loop, guarded as the loop itself guards them; False when one failed."""
    try:
        for _ in range(4):
            if loop._step(loop.pulse) > 0:
                break
    except Exception:
        log.exception("loop.fault", loop=loop.name)
        return False
    return True


def _anchor(house: House) -> None:
    """What the daemon does once a day, beside the loops; a journal that fails meanwhile is waited for."""
    try:
        anchor(house.journal, house.settings.audit.anchor)
    except Exception as error:
        if not isinstance(error, EdidError) and not is_outage(error):
            raise
        log.exception("journal.not_anchored")


def _signature(configuration: Configuration, house: House) -> object:
    """What two quiet rounds have in common: the newest event and attempt, and every name in the spool."""
    try:
        with house.journal.reading() as view:
            newest = [view.execute(select(func.max(table.c.id))).scalar() for table in (tables.events, tables.attempts)]
    except Exception:
        log.exception("signature.fault")
        return object()
    return newest, sorted(str(path) for path in configuration.settings.spool.rglob("*"))
