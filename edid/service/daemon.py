"""`edid run`: start, supervise, reload, stop."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from pathlib import Path
from types import FrameType

import structlog
from sqlalchemy.exc import OperationalError

from edid.audit.anchor import anchor
from edid.config.loader import load
from edid.config.settings import Settings
from edid.config.transport import SftpSettings
from edid.errors import EdidError
from edid.exchange import checks, outbox
from edid.exchange.alerts import rows as alerts
from edid.exchange.house import AnySheet, House
from edid.exchange.setbacks import is_outage, told
from edid.service.corridors import Corridors, build
from edid.service.lock import StateLock
from edid.service.memory import give_back
from edid.service.notify import notify, reloading, watchdog_interval
from edid.service.schedule import Schedule

log = structlog.get_logger()
_TICK = 1.0
_GC_THRESHOLDS = (10_000, 20, 20)
_SILENCE_MARGIN = 60.0
_MARGIN = 1.0
_ANCHOR_AGAIN = 3600.0
_OPEN_AGAIN = 30.0
"""Seconds until a sheet that could not start is tried again: its spool may be mounted by then."""
_GIVE_BACK = 60.0
"""Seconds between two clean-ups of the memory; one takes 50 to 70 ms of a busy machine with two cores."""
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
        self._lingering: list[Corridors] = []
        self._refused: dict[str, str] = {}
        self._opened_at = 0.0
        self._anchored_at = -_ANCHOR_AGAIN
        self._gave_back_at = 0.0

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
        self._tell_warnings()
        self._schedule.start()
        self._open_the_rest(house)
        alerts.retire(house.journal, self._enabled())
        gc.freeze()  # what was loaded stays for years: no use to look through it again and again
        gc.set_threshold(*_GC_THRESHOLDS)
        notify("READY=1", self._status_line())
        log.info("daemon.ready", sheets=sorted(self._corridors), pid=os.getpid())
        self._supervise(house)
        return self._stop(house)

    def _anchor(self, house: House) -> None:
        """Note where the chain of events ends, once a day, where the operator wants it."""
        self._anchored_at = time.monotonic()
        try:
            noted = anchor(house.journal, house.settings.audit.anchor)
        except Exception as error:
            if not isinstance(error, EdidError) and not is_outage(error):
                raise
            log.error("journal.not_anchored", error=told(error))
        else:
            if noted is not None:
                log.info("journal.anchored", note=noted.name)

    def _supervise(self, house: House) -> None:
        interval = watchdog_interval()
        pinged = 0.0
        while True:
            self._signalled.wait(min(_TICK, interval or _TICK))
            self._signalled.clear()
            while self._signals:
                if self._signals.pop(0) != signal.SIGHUP:
                    return
                self._reload(house)
            house.judges.reap()
            for corridors in self._corridors.values():
                corridors.refresh()
            if time.monotonic() - self._gave_back_at > _GIVE_BACK:
                give_back()
                self._gave_back_at = time.monotonic()
            if time.monotonic() - self._anchored_at > _ANCHOR_AGAIN:
                self._anchor(house)
            if time.monotonic() - self._opened_at > _OPEN_AGAIN:
                self._open_the_rest(house)
            if interval is not None and time.monotonic() - pinged >= interval and self._all_alive(house.settings):
                notify("WATCHDOG=1")
                pinged = time.monotonic()

    def _all_alive(self, settings: Settings) -> bool:
        """Tell whether every loop proved progress lately: only then is the watchdog fed.

        What a step may wait for without a word, a slow judge or a silent partner, is no stall.
        """
        judging = 2 * settings.limits.judge_time.total_seconds()
        for corridors in self._corridors.values():
            limit = max(judging, _longest_silence(corridors.sheet)) + _SILENCE_MARGIN
            for loop in corridors.loops:
                if not loop.is_alive() or loop.pulse.silent_for > limit:
                    log.error("loop.stalled", loop=loop.name, silent_for=round(loop.pulse.silent_for))
                    return False
        return True

    def _open(self, house: House, sheet: AnySheet) -> None:
        """Start one sheet; one that cannot start is reported, tried again later, and the others go on."""
        try:
            corridors = build(house, sheet)
        except Exception as error:
            if not isinstance(error, (EdidError, OSError)) and not is_outage(error):
                raise
            if self._refused.get(sheet.name) != told(error):
                log.error("sheet.closed", sheet=sheet.name, error=told(error))
            self._refused[sheet.name] = told(error)
            return
        self._refused.pop(sheet.name, None)
        corridors.start()
        self._corridors[sheet.name] = corridors
        self._schedule.add(sheet.name, sheet.poll, corridors.poll)

    def _close(self, names: list[str], within: float) -> None:
        """Stop some sheets; one that cannot even be cut short lingers, and is not opened again before it has ended."""
        closing = [self._corridors.pop(name) for name in names if name in self._corridors]
        for corridors in closing:
            self._schedule.remove(corridors.sheet.name)
            corridors.stop(within)
        deadline = time.monotonic() + within + _MARGIN
        lingering = [corridors for corridors in closing if not corridors.join(deadline)]
        for corridors in lingering:
            corridors.cut()
        deadline = time.monotonic() + _MARGIN
        self._lingering += [corridors for corridors in lingering if not corridors.join(deadline)]

    def _tell_warnings(self) -> None:
        for warning in self._configuration.warnings:
            log.warning("config.warning", warning=str(warning))
        try:
            catalogue = checks.catalogue_of(self._configuration)
        except EdidError as error:
            log.error("rules.unreadable", error=str(error))
            return
        for warning in checks.pack_warnings(self._configuration, catalogue):
            log.warning("config.warning", warning=str(warning))
        for problem in checks.pack_errors(self._configuration, catalogue):
            log.error("config.error", error=str(problem))

    def _open_the_rest(self, house: House) -> None:
        """Open every enabled sheet that is not open: new, changed, or refused by its spool a while ago."""
        self._lingering = [corridors for corridors in self._lingering if not corridors.join(0)]
        lingering = {corridors.sheet.name for corridors in self._lingering}
        for name, sheet in self._configuration.sheets.items():
            if sheet.enabled and name not in self._corridors and name not in lingering:
                self._open(house, sheet)
        self._opened_at = time.monotonic()

    def _reload(self, house: House) -> None:
        reloading()
        try:
            fresh = load(self._path)
        except EdidError as error:
            log.error("reload.refused", error=str(error))
            notify("READY=1", self._status_line())
            return
        if fresh.settings != self._configuration.settings:
            log.warning("reload.partial", remedy="edid.yaml changes at the next restart only; sheets have changed now")
        changed = [name for name, sheet in self._configuration.sheets.items() if fresh.sheets.get(name) != sheet]
        self._close(changed, house.settings.schedules.stop_within.total_seconds())
        self._configuration = fresh
        self._tell_warnings()
        try:
            for corridors in self._corridors.values():
                outbox.release(house, corridors.sheet)
                corridors.mended()
            alerts.retire(house.journal, self._enabled())
        except OperationalError as error:
            log.error("reload.partial", error=told(error), remedy="the journal could not be used; reload once more")
        self._refused.clear()
        self._open_the_rest(house)
        notify("READY=1", self._status_line())
        log.info("reload.done", sheets=sorted(self._corridors))

    def _stop(self, house: House) -> int:
        """End every loop within the promised time: half of it for the units in hand, then they are cut short."""
        notify("STOPPING=1")
        log.info("daemon.stopping")
        self._schedule.stop()
        within = house.settings.schedules.stop_within.total_seconds()
        deadline = time.monotonic() + within - _MARGIN
        everything = [*self._corridors.values(), *self._lingering]
        for corridors in everything:
            corridors.stop(within / 2)
        if not _joined(everything, deadline - within / 2 + _MARGIN):
            house.judges.close(patience=0)
            for corridors in everything:
                corridors.cut()
        ended = _joined(everything, deadline)
        log.info("daemon.stopped", clean=ended)
        return 0 if ended else _FAULTY

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)
        self._signalled.set()

    def _enabled(self) -> set[str]:
        return {name for name, sheet in self._configuration.sheets.items() if sheet.enabled}

    def _status_line(self) -> str:
        return f"STATUS={len(self._corridors)} sheet(s) open"


def _longest_silence(sheet: AnySheet) -> float:
    """Return the seconds that one step may wait for the partner of `sheet`: a dead session, then a new one."""
    if not isinstance(sheet.transport, SftpSettings):
        return 0.0
    limits = sheet.transport.timeouts
    return (2 * limits.channel + limits.connect + limits.banner + limits.auth).total_seconds()


def _joined(corridors: list[Corridors], deadline: float) -> bool:
    """Wait for all of them until `deadline`; tell whether every one has ended."""
    ended = [one.join(deadline) for one in corridors]
    return all(ended)
