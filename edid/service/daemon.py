"""`edid run`: start, supervise, reload, stop."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from types import FrameType

import structlog

from edid.config.loader import load
from edid.config.settings import Settings
from edid.config.sheet import SenderSheet
from edid.errors import EdidError
from edid.exchange import outbox
from edid.exchange.house import AnySheet, House
from edid.service.corridors import Corridors, build
from edid.service.lock import StateLock
from edid.service.notify import notify, reloading, watchdog_interval
from edid.service.schedule import Schedule

log = structlog.get_logger()
_TICK = 1.0
_SILENCE_MARGIN = 60.0
_FAULTY = 1


class Daemon:
    """The service of one configuration file. `run` returns the exit code when it was asked to stop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._configuration = load(path)
        self._corridors: dict[str, Corridors] = {}
        self._schedule = Schedule()
        self._signals: list[int] = []
        self._signalled = threading.Event()

    @property
    def settings(self) -> Settings:
        """The settings it starts with."""
        return self._configuration.settings

    def run(self) -> int:
        """Work until SIGTERM or SIGINT; SIGHUP reads the configuration again.

        Raises ConfigError or OperatorError when it cannot start.
        """
        settings = self._configuration.settings
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        with StateLock(settings.state):
            house = House.open(self._configuration)
            try:
                return self._serve(house)
            finally:
                house.close()

    def _serve(self, house: House) -> int:
        self._schedule.start()
        for sheet in self._configuration.sheets.values():
            self._open(house, sheet)
        notify("READY=1", self._status_line())
        log.info("daemon.ready", sheets=sorted(self._corridors), pid=os.getpid())
        self._supervise(house)
        return self._stop(house.settings)

    def _supervise(self, house: House) -> None:
        interval = watchdog_interval()
        limit = 2 * house.settings.limits.judge_time.total_seconds() + _SILENCE_MARGIN
        pinged = 0.0
        while True:
            self._signalled.wait(min(_TICK, interval or _TICK))
            self._signalled.clear()
            while self._signals:
                if self._signals.pop(0) != signal.SIGHUP:
                    return
                self._reload(house)
            for corridors in self._corridors.values():
                corridors.refresh()
            if interval is not None and time.monotonic() - pinged >= interval and self._all_alive(limit):
                notify("WATCHDOG=1")
                pinged = time.monotonic()

    def _all_alive(self, limit: float) -> bool:
        """Tell whether every loop proved progress lately: only then is the watchdog fed."""
        for corridors in self._corridors.values():
            for loop in corridors.loops:
                if not loop.is_alive() or loop.pulse.silent_for > limit:
                    log.error("loop.stalled", loop=loop.name, silent_for=round(loop.pulse.silent_for))
                    return False
        return True

    def _open(self, house: House, sheet: AnySheet) -> None:
        """Start one sheet; one that cannot start is reported and stays closed, the others go on."""
        if not sheet.enabled:
            return
        try:
            corridors = build(house, sheet)
        except (EdidError, OSError) as error:
            log.error("sheet.closed", sheet=sheet.name, error=str(error))
            return
        corridors.start()
        self._corridors[sheet.name] = corridors
        self._schedule.add(sheet.name, sheet.poll, corridors.poll)

    def _close(self, names: list[str], within: float) -> bool:
        closing = [self._corridors.pop(name) for name in names if name in self._corridors]
        for corridors in closing:
            self._schedule.remove(corridors.sheet.name)
            corridors.stop(within)
        deadline = time.monotonic() + within + 1
        ended = [corridors.join(deadline) for corridors in closing]
        return all(ended)

    def _reload(self, house: House) -> None:
        reloading()
        try:
            fresh = load(self._path)
        except EdidError as error:
            log.error("reload.refused", error=str(error))
            notify("READY=1", self._status_line())
            return
        needs_restart = _fixed(fresh.settings) != _fixed(self._configuration.settings)
        if needs_restart:
            log.warning("reload.partial", remedy="spool, state, journal and limits change at the next restart only")
        changed = [name for name, sheet in self._configuration.sheets.items() if fresh.sheets.get(name) != sheet]
        self._close(changed, house.settings.schedules.stop_within.total_seconds())
        self._configuration = fresh
        for name, sheet in fresh.sheets.items():
            if name not in self._corridors:
                self._open(house, sheet)
            elif isinstance(sheet, SenderSheet):
                outbox.release(house, sheet)
        notify("READY=1", self._status_line())
        log.info("reload.done", sheets=sorted(self._corridors))

    def _stop(self, settings: Settings) -> int:
        notify("STOPPING=1")
        log.info("daemon.stopping")
        self._schedule.stop()
        within = settings.schedules.stop_within.total_seconds() - 2
        ended = self._close(list(self._corridors), max(1.0, within))
        log.info("daemon.stopped", clean=ended)
        return 0 if ended else _FAULTY

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)
        self._signalled.set()

    def _status_line(self) -> str:
        return f"STATUS={len(self._corridors)} sheet(s) open"


def _fixed(settings: Settings) -> Settings:
    """Return what of the settings cannot change while the daemon runs, the rest set to defaults."""
    return settings.model_copy(update={"logging": None, "sheets": None})
