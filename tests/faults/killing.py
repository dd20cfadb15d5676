"""SIGKILL: the daemon and its children are killed again and again, at moments that a seed decides."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Callable

from tests.acceptance.company import Company
from tests.acceptance.daemon import Daemon


class Kills:
    """Random moments. Set EDID_FAULTS_SEED to the seed that a failed run printed to repeat its moments."""

    def __init__(self) -> None:
        self.seed = int(os.environ.get("EDID_FAULTS_SEED") or secrets.randbelow(10**9))
        self._dice = random.Random(self.seed)
        print(f"EDID_FAULTS_SEED={self.seed}")

    def strike(self, company: Company, within: float, turns: int, work: Callable[[int], None]) -> None:
        """Start and kill the daemon `turns` times, doing `work(turn)` before each start.

        Three kills of four come up to `within` seconds after the daemon was ready, the others while it starts.
        """
        for turn in range(turns):
            work(turn)
            if self._dice.random() < 0.25:
                daemon, moment = company.launch(), self._dice.uniform(0, 1.5)
            else:
                daemon, moment = company.run(), self._dice.uniform(0, within)
            time.sleep(moment)
            daemon.kill()
            print(f"turn {turn}: killed after {moment:.3f} s; {_last(daemon)}")


def _last(daemon: Daemon) -> str:
    events = daemon.events()
    return f"{len(events)} events, the last {events[-1]['event']}" if events else "nothing said"
