"""The daemon of the soak: started, killed, stopped and reloaded; its log is kept, and a death of its own is told."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

from tests.acceptance.company import Company
from tests.acceptance.daemon import Daemon

# Root without the right to pass over modes: the service's own user has no such right either.
_AS_ORDINARY_USER = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
_STRANGE = ("loop.fault", "loop.stalled", "flow.fault", "answers.lost", "alerts.fault", "schedule.fault")


class Household:
    """One company and its one daemon. Safe to use from several threads."""

    def __init__(self, company: Company, log: Path) -> None:
        self.company = company
        self.log = log
        self.lock = threading.RLock()
        """Held while the daemon is started or ended."""
        self.complaints: list[str] = []
        """What a daemon must never do, whatever happens around it."""
        self.counts: Counter[str] = Counter()
        """How often it was ended, and how often it logged which event."""
        self.strange: list[str] = []
        self._daemon: Daemon | None = None

    @property
    def daemon(self) -> Daemon:
        """The daemon that runs, or ran last."""
        assert self._daemon is not None
        return self._daemon

    @property
    def pid(self) -> int | None:
        """Its process id, None while none runs."""
        daemon = self._daemon
        return None if daemon is None or daemon._process.poll() is not None else daemon.pid

    def start(self, *, wait: bool = True) -> None:
        """Start it."""
        with self.lock:
            self._daemon = self.company.launch(before=_AS_ORDINARY_USER)
            self.counts["start"] += 1
            if wait:
                self._daemon.wait_for("daemon.ready", seconds=120)

    def kill(self, *, children: bool = True) -> None:
        """End it at once, with its children or alone; children that are left must end by themselves."""
        with self.lock:
            if children:
                self.daemon.kill()
            else:
                self.daemon.signal(signal.SIGKILL)
                self.daemon.wait()
            self.counts["killed"] += 1
            self._keep_log()

    def stop(self) -> int | None:
        """Ask it to stop; return its exit code."""
        with self.lock:
            try:
                code = self.daemon.stop(seconds=40)
            except subprocess.TimeoutExpired:
                self.complaints.append(f"{_clock()} SIGTERM: it did not stop within 40 s")
                self.kill()
                return None
            self.counts["stopped"] += 1
            if code not in {0, 1}:
                self.complaints.append(f"{_clock()} SIGTERM: exit code {code}")
            self._keep_log()
            return code

    def look(self) -> None:
        """Notice a daemon that ended by itself, and start another one."""
        with self.lock:
            code = self.daemon._process.poll()
            if code is not None:
                tail = "\n".join([*map(str, self.daemon.events()[-3:]), *self.daemon.unread[-20:]])
                self.complaints.append(f"{_clock()} the daemon ended by itself with exit code {code}:\n{tail}")
                self.daemon.wait()
                self._keep_log()
                self.start()

    def operate(self, *arguments: str) -> int:
        """Type a command of edid; return its exit code."""
        done = self.company.edid(*arguments, seconds=180)
        self.counts[f"edid {arguments[0]} {arguments[1]}"] += 1
        if "Traceback" in done.stderr:
            self.complaints.append(f"{_clock()} edid {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.returncode

    def _keep_log(self) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            for event in self.daemon.events():
                log.write(json.dumps(event, ensure_ascii=False) + "\n")
                self.counts[f"log {event['event']}"] += 1
                if event["event"] in _STRANGE:
                    self.strange.append(f"{event['timestamp']} {event['event']}: {_short(event)}")
            for line in self.daemon.unread:
                log.write(line)
            if self.daemon.unread:
                self.complaints.append(f"{_clock()} it wrote what is no event: {''.join(self.daemon.unread)[-1000:]}")
            log.write("\n")


def _short(event: dict[str, object]) -> str:
    text = str(event.get("error") or event.get("exception") or event)
    return text.strip().splitlines()[-1][:300]


def _clock() -> str:
    return time.strftime("%H:%M:%S")
