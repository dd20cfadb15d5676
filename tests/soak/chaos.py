"""Chaos: one hand on the surroundings, one on the daemon itself, so that faults of both kinds overlap."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping

from tests.partners.processes import descendants, runs, send
from tests.soak.faults import Surroundings
from tests.soak.household import Household
from tests.soak.sheets import Sheet

_JUDGE = b"edid.validation.serve"


class Chaos:
    """Chooses what befalls whom, and counts it."""

    def __init__(
        self,
        house: Household,
        surroundings: Surroundings,
        sheets: Mapping[str, Sheet],
        dice: random.Random,
        wait: Callable[[float], None],
    ) -> None:
        self._house = house
        self.surroundings = surroundings
        self._sheets = list(sheets.values())
        self._dice = dice
        self._wait = wait
        self._reloads = 0
        self.counts: Counter[str] = Counter()

    def around(self) -> float:
        """Let one thing around the daemon fail for a while; return the seconds until the next."""
        name, fault = self.surroundings.choice()
        self.counts[name] += 1
        fault()
        return self.surroundings.dice.uniform(1, 6)

    def within(self, *, restarts: bool) -> float:
        """Do something to the daemon; end it only when `restarts`. Return the seconds until the next deed."""
        self._house.look()
        ways: dict[str, tuple[Callable[[], None], int]] = {
            "judge killed": (self._judge_killed, 4),
            "reload": (self._reload, 2),
            "reload of a changed sheet": (self._reload_changed, 2),
            "reload of a broken sheet": (self._reload_broken, 1),
            "journal copied": (self._journal_copied, 1),
        }
        if restarts:
            ways |= {
                "SIGKILL": (self._killed, 5),
                "SIGKILL of the daemon alone": (self._killed_alone, 3),
                "SIGKILL while starting": (self._killed_starting, 3),
                "SIGTERM": (self._stopped, 4),
            }
        name = self._dice.choices(list(ways), [weight for _, weight in ways.values()])[0]
        self.counts[name] += 1
        with self._house.lock:
            ways[name][0]()
        self._house.look()
        return self._dice.uniform(1, 6)

    def _killed(self) -> None:
        self._house.kill()
        self._wait(self._dice.choice([0, 0, 1.5]))
        self._house.start()

    def _killed_alone(self) -> None:
        """Its children must notice, and end without it."""
        pid = self._house.pid
        children = _judges(pid) if pid else []
        self._house.kill(children=False)
        self._house.start()
        deadline = time.monotonic() + 30
        while left := [child for child in children if runs(child, _JUDGE)]:
            if time.monotonic() > deadline:
                self._house.complaints.append(f"judges {left} outlive their daemon by 30 s")
                send(left, signal.SIGKILL)
                return
            time.sleep(0.05)

    def _killed_starting(self) -> None:
        self._house.kill()
        self._house.start(wait=False)
        self._wait(self._dice.uniform(0, 2))
        self._house.kill()
        self._house.start()

    def _stopped(self) -> None:
        self._house.stop()
        self._house.start()

    def _judge_killed(self) -> None:
        judges = _judges(self._house.pid or 0)
        if judges:
            send([self._dice.choice(judges)], signal.SIGKILL)

    def _reload(self) -> None:
        self._house.daemon.signal(signal.SIGHUP)

    def _reload_changed(self) -> None:
        self._reloads += 1
        self._dice.choice(self._sheets).write(self._house.company, f"Service {self._reloads}")
        self._reload()

    def _reload_broken(self) -> None:
        """A broken configuration is refused, and the old one goes on."""
        broken = self._house.company.folder / "sheets" / f"{self._dice.choice(self._sheets).name}.yaml"
        good = broken.read_text()
        broken.write_text(good[: len(good) // 2])
        try:
            seen = len(self._house.daemon.events("reload.refused"))
            self._reload()
            self._house.daemon.wait_for("reload.refused", count=seen + 1)
        finally:
            broken.write_text(good)

    def _journal_copied(self) -> None:
        copy = self._house.company.folder / f"copy-{sum(self.counts.values())}.db"
        if self._house.operate("journal", "backup", str(copy)) != 0:
            self._house.complaints.append("edid journal backup failed while the daemon ran")
        copy.unlink(missing_ok=True)


def _judges(daemon: int) -> list[int]:
    return [process for process in descendants(daemon) if runs(process, _JUDGE)]
