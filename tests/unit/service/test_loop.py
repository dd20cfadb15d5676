"""A loop of a corridor: repeats, survives, is woken, stops."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import pytest
import structlog

from edid.exchange.pulse import Pulse, StopRequestedError
from edid.service import loop as module
from edid.service.loop import Loop

SOON = 10.0
FOREVER = 3600.0


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> structlog.testing.LogCapture:
    capture = structlog.testing.LogCapture()
    wrapper = structlog.make_filtering_bound_logger(0)
    monkeypatch.setattr(module, "log", structlog.wrap_logger(None, processors=[capture], wrapper_class=wrapper))
    return capture


@pytest.fixture
def started() -> Iterator[Callable[[module.Step], Loop]]:
    loops: list[Loop] = []

    def start(step: module.Step) -> Loop:
        loops.append(Loop("test", step))
        loops[-1].start()
        return loops[-1]

    yield start
    for loop in loops:
        loop.stop(within=0)
        loop.join(SOON)
        assert not loop.is_alive()


def test_a_step_that_has_more_to_do_is_repeated_at_once(started: Callable[[module.Step], Loop]):
    steps: queue.SimpleQueue[None] = queue.SimpleQueue()

    def step(_pulse: Pulse) -> float:
        steps.put(None)
        return 0 if steps.qsize() < 100 else FOREVER

    started(step)
    for _ in range(100):
        steps.get(timeout=SOON)


def test_a_wake_shortens_the_wait(started: Callable[[module.Step], Loop]):
    steps: queue.SimpleQueue[None] = queue.SimpleQueue()

    def step(_pulse: Pulse) -> float:
        steps.put(None)
        return FOREVER

    loop = started(step)
    for _ in range(3):
        steps.get(timeout=SOON)
        loop.wake()
    steps.get(timeout=SOON)


def test_a_wake_during_a_step_is_not_lost(started: Callable[[module.Step], Loop]):
    entered: queue.SimpleQueue[None] = queue.SimpleQueue()
    go_on = threading.Event()

    def step(_pulse: Pulse) -> float:
        entered.put(None)
        go_on.wait(SOON)
        return FOREVER

    loop = started(step)
    entered.get(timeout=SOON)
    loop.wake()
    go_on.set()
    entered.get(timeout=SOON)


def test_a_step_that_fails_is_logged_and_tried_again(
    started: Callable[[module.Step], Loop], logged: structlog.testing.LogCapture
):
    steps: queue.SimpleQueue[None] = queue.SimpleQueue()

    def step(_pulse: Pulse) -> float:
        steps.put(None)
        raise ValueError("a defect")

    loop = started(step)
    steps.get(timeout=SOON)
    loop.wake()
    steps.get(timeout=SOON)
    assert loop.is_alive()
    fault = logged.entries[0]
    assert (fault["event"], fault["log_level"], fault["loop"]) == ("loop.fault", "error", "test")
    assert fault["exc_info"]


def test_a_failing_step_does_not_spin(monkeypatch: pytest.MonkeyPatch, logged: structlog.testing.LogCapture):
    waits: queue.SimpleQueue[float] = queue.SimpleQueue()

    def step(_pulse: Pulse) -> float:
        raise ValueError("a defect")

    loop = Loop("test", step)
    monkeypatch.setattr(loop._wake, "wait", lambda seconds: (waits.put(seconds), loop.pulse.stop(within=0)))
    loop.start()
    assert waits.get(timeout=SOON) >= 1
    loop.join(SOON)
    assert len(logged.entries) == 1


def test_a_stop_ends_a_loop_that_waits_and_what_it_held_is_closed():
    waiting, closed = threading.Event(), threading.Event()

    def step(_pulse: Pulse) -> float:
        waiting.set()
        return FOREVER

    loop = Loop("test", step, at_end=closed.set)
    loop.start()
    assert waiting.wait(SOON)
    loop.stop(within=5)
    loop.join(SOON)
    assert not loop.is_alive()
    assert closed.is_set()


def test_a_stop_lets_the_unit_in_hand_finish_and_starts_no_other():
    entered, finish = threading.Event(), threading.Event()
    units: list[str] = []

    def step(pulse: Pulse) -> float:
        while not pulse.stopping:
            entered.set()
            finish.wait(SOON)
            pulse.beat()
            units.append("done")
        return 0

    loop = Loop("test", step)
    loop.start()
    assert entered.wait(SOON)
    loop.stop(within=SOON)
    finish.set()
    loop.join(SOON)
    assert not loop.is_alive()
    assert units == ["done"]


def test_a_step_that_never_ends_by_itself_is_interrupted_within_its_limit(logged: structlog.testing.LogCapture):
    entered = threading.Event()

    def step(pulse: Pulse) -> float:
        entered.set()
        while True:
            pulse.beat()

    loop = Loop("test", step)
    loop.start()
    assert entered.wait(SOON)
    loop.stop(within=0.2)
    loop.join(SOON)
    assert not loop.is_alive()
    assert not logged.entries


def test_each_beat_proves_progress(started: Callable[[module.Step], Loop]):
    steps: queue.SimpleQueue[None] = queue.SimpleQueue()

    def step(_pulse: Pulse) -> float:
        steps.put(None)
        return FOREVER

    loop = started(step)
    steps.get(timeout=SOON)
    loop.pulse._last -= 500
    assert loop.pulse.silent_for >= 500
    loop.wake()
    steps.get(timeout=SOON)
    assert loop.pulse.silent_for < SOON


def test_only_a_beat_past_the_deadline_interrupts():
    pulse = Pulse()
    pulse.beat()
    pulse.stop(within=FOREVER)
    pulse.beat()
    assert pulse.stopping
    pulse.stop(within=-1)
    with pytest.raises(StopRequestedError):
        pulse.beat()
