"""What stands in a house of the campaign where the daemon has other processes and long waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edid.exchange.house import House
from edid.exchange.setbacks import Setback, Setbacks
from edid.validation import catalogue
from edid.validation.judging import Judgement, judge_file
from edid.validation.standard import Standard
from edid.validation.verdict import not_judged
from edid.validation.worker import Job


class Judges:
    """The pool's `judge` in this process; what the judge process would answer to a failure, this answers too."""

    def __init__(self, house: House) -> None:
        self._limits = house.settings.limits

    def judge(
        self,
        jobs: Sequence[Job],
        progress: Callable[[], object] = lambda: None,
        *,
        standard: Standard | None = None,
        **_: object,
    ) -> list[Judgement]:
        """See `JudgePool.judge`."""
        done = []
        for path, work in jobs:
            try:
                done.append(judge_file(path, work, self._limits, standard=standard, packs=catalogue.shipped()))
            except Exception as error:  # noqa: BLE001 - as edid.validation.serve does
                done.append(Judgement(None, not_judged(f"the validator failed: {error}.")))
            progress()
        return done

    def close(self, *, patience: float = 0.0) -> None:
        """Nothing to close."""


class UntilTheNextRound(Setbacks):
    """Setbacks that rest until the loops come round again, and not for seconds.

    Not for no time at all: a step that goes on while there is work would come back to what failed for ever.
    """

    def __init__(self) -> None:
        super().__init__(first=0.0)
        self._failed: set[tuple[str, int]] = set()

    def begin(self) -> None:
        """Begin a round: everything may be tried again."""
        self._failed.clear()

    def record(self, kind: str, item: int, error: Exception) -> Setback:
        """See `Setbacks.record`."""
        self._failed.add((kind, item))
        return super().record(kind, item, error)

    def resting(self, kind: str) -> set[int]:
        """See `Setbacks.resting`."""
        return {item for of, item in self._failed if of == kind}
