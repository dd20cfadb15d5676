"""When partners are polled: apscheduler in memory; the journal remembers what was fetched."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from datetime import datetime, time

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from edid.clock import now
from edid.config.sheet import Poll

log = structlog.get_logger()


class Schedule:
    """One job per sheet; a job only wakes the sheet's loop."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
        )
        self._scheduler.add_listener(_tell, EVENT_JOB_ERROR | EVENT_JOB_MISSED)

    def start(self) -> None:
        """Start the clock."""
        self._scheduler.start()

    def add(self, sheet: str, poll: Poll, wake: Callable[[], None]) -> None:
        """Call `wake` now and whenever `poll` says, inside its windows; what falls due outside waits for the next."""
        missed = threading.Event()

        def due() -> None:
            if is_open(poll, now()):
                wake()
            else:
                missed.set()

        def opened() -> None:
            if missed.is_set():
                missed.clear()
                wake()

        self._scheduler.add_job(due, _trigger(poll), id=sheet, replace_existing=True, next_run_time=now())
        for window in poll.windows:
            opens = time.fromisoformat(window.split("-")[0])
            at = CronTrigger(hour=opens.hour, minute=opens.minute, timezone="UTC")
            self._scheduler.add_job(opened, at, id=f"{sheet}@{window}", replace_existing=True)

    def remove(self, sheet: str) -> None:
        """Forget the job of `sheet`."""
        for job in self._scheduler.get_jobs():
            if job.id == sheet or job.id.startswith(f"{sheet}@"):
                job.remove()

    def stop(self) -> None:
        """Stop the clock; jobs in hand are instant."""
        self._scheduler.shutdown(wait=False)


def is_open(poll: Poll, moment: datetime) -> bool:
    """Tell whether `moment` (UTC) lies in one of the windows; a window may pass midnight."""
    if not poll.windows:
        return True
    clock = moment.time().replace(tzinfo=None)
    return any(_inside(window, clock) for window in poll.windows)


def _inside(window: str, clock: time) -> bool:
    start, end = (time.fromisoformat(part) for part in window.split("-"))
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def _trigger(poll: Poll) -> BaseTrigger:
    jitter = math.ceil(poll.jitter.total_seconds()) or None
    if poll.cron is not None:
        trigger = CronTrigger.from_crontab(poll.cron, timezone="UTC")
        trigger.jitter = jitter
        return trigger
    assert poll.every is not None
    return IntervalTrigger(seconds=poll.every.total_seconds(), jitter=jitter, timezone="UTC")


def _tell(event: JobExecutionEvent) -> None:
    log.error("schedule.fault", sheet=event.job_id, code=event.code, error=str(event.exception or "missed"))
