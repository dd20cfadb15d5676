"""Whose fault a failed attempt is: the partner's, who is left alone, or the flow's, which is held in the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path, PurePosixPath

import pytest

from edid.clock import now
from edid.errors import OperatorError, PermanentError, TransientError
from edid.exchange import outbox
from edid.exchange.held_flows import drop_flow
from edid.exchange.pulse import StopRequestedError
from edid.exchange.rounds import Outcome
from edid.journal import tables
from edid.transport.contract import Progress, Written
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.shaky import ShakyPartner, attempts_made, make_due, pack_another, states, uploading


def test_two_failures_in_a_row_are_the_partners_and_the_rest_keep_their_turn(ready: Corridor) -> None:
    partner = ShakyPartner(ready)
    partner.before_put[1] = partner.before_put[2] = TransientError("the line is dead.")
    outcome = ready.send(transport=partner)
    assert (outcome.sent, str(outcome.failure), outcome.suspects) == (0, "the line is dead.", (1, 2))
    assert [(flow.state, flow.attempt_count) for flow in ready.flows()] == [("ready", 1), ("ready", 1), ("ready", 0)]
    assert [attempt.alone for attempt in attempts_made(ready)] == [False, False]


def test_without_a_session_one_flow_is_enough_to_know(ready: Corridor) -> None:
    shutil.rmtree(ready.partner)
    outcome = ready.send()
    assert outcome.failure is not None
    assert outcome.suspects is None
    assert [flow.attempt_count for flow in ready.flows()] == [1, 0, 0]


def test_of_a_partner_in_doubt_flows_that_never_failed_are_tried_first(ready: Corridor) -> None:
    partner = ShakyPartner(ready)
    partner.before_put[1] = partner.before_put[2] = TransientError("away")
    ready.send(transport=partner)
    make_due(ready)
    ready.send(transport=partner, probing=True)
    assert [name[-6:-5] for name in partner.puts] == ["1", "2", "3", "1", "2"]


def test_a_flow_that_fails_while_others_get_through_is_held_after_its_tries(ready: Corridor) -> None:
    ready.sheet = ready.sender(retry={"tries": 3})
    poisoned, *others = ready.flows()
    blocked = ready.partner / "in" / f"{poisoned.name}.part"
    blocked.mkdir()  # no file can be written under this name
    for number in range(3):
        assert ready.flows()[0].state == "ready"
        make_due(ready)
        pack_another(ready, f"MORE-{number}")
        assert ready.send().failure is None
    held, *others = ready.flows()
    assert held.state == "failed"
    assert "It failed 3 times while others got through." in held.reason
    assert {flow.state for flow in others} == {"sent"}
    assert [row.entity_id for row in ready.events("flow.held")] == [held.id]
    assert outbox.release(ready.house, ready.sheet) == 0, "a restart does not try it again"
    blocked.rmdir()
    assert outbox.retry(ready.house.journal, flow_id=held.id) == 1
    assert ready.send() == Outcome(1)


def test_flows_that_others_get_past_are_at_fault_though_they_stand_at_the_end_of_a_round(ready: Corridor) -> None:
    ready.sheet = ready.sender(retry={"tries": 3})
    flows = ready.flows()
    for flow in flows[:2]:
        (ready.partner / "in" / f"{flow.name}.part").mkdir()
    for number in range(8):
        pack_another(ready, f"MORE-{number}")
        outbox.hurry(ready.house.journal, ready.sheet.name)
        ready.send(probing=True)
    ended = states(ready)
    assert (ended[:2], set(ended[2:])) == (["failed", "failed"], {"sent"})


def test_an_outage_makes_no_flow_a_culprit(ready: Corridor) -> None:
    ready.sheet = ready.sender(retry={"tries": 2})
    for _ in range(5):
        ready.partner.rename(ready.folder / "elsewhere")
        make_due(ready)
        assert ready.send().failure is not None
        (ready.folder / "elsewhere").rename(ready.partner)
        pack_another(ready, "LATER") if len(ready.flows()) < 4 else None
    assert not any(attempt.alone for attempt in attempts_made(ready))
    make_due(ready)
    ready.send()
    assert states(ready) == ["sent"] * 4


def test_what_the_partner_took_unfinished_is_held_and_not_sent_again_by_itself(ready: Corridor) -> None:
    """A partner that sweeps its in folder may have the whole file under a name that we never wanted it to see."""

    class Sweeping(ShakyPartner):
        def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
            (ready.partner / source).rename(ready.folder / f"swept-{target.name}")
            super().rename(source, target)

    partner = Sweeping(ready)
    for _ in range(3):
        make_due(ready) if states(ready)[0] == "ready" else None
        ready.send(transport=partner)
    flows = ready.flows()
    assert "took it unfinished" in flows[0].reason
    assert [flow.state for flow in flows] == ["failed"] * 3
    assert len(partner.puts) == len(set(partner.puts)) == 3, "each was written once"
    with pytest.raises(PermanentError, match="--not-there"):
        drop_flow(ready.house.journal, flows[0].id, "no")


def test_a_whole_file_without_its_marker_is_ours_at_the_next_attempt(open_corridor: Callable[..., Corridor]) -> None:
    corridor = uploading(open_corridor(), strategy="marker", marker=".ok")
    pack_another(corridor, "F-1")
    [flow] = corridor.flows()
    denied = corridor.partner / "in" / f"{flow.name}.ok"
    denied.mkdir()
    assert isinstance(corridor.send().failure, OperatorError)
    with pytest.raises(PermanentError, match="not held"):
        drop_flow(corridor.house.journal, flow.id, "no")
    denied.rmdir()
    make_due(corridor)
    assert corridor.send() == Outcome(1)
    assert denied.is_file()


def test_a_stop_in_the_middle_of_writing_the_final_name_is_remembered(open_corridor: Callable[..., Corridor]) -> None:
    class Stopping(ShakyPartner):
        def put(
            self, source: Path, target: PurePosixPath, progress: Progress | None = None, *, look: bool = False
        ) -> Written:
            (corridor.partner / target).write_bytes(source.read_bytes()[:100])
            raise StopRequestedError

    corridor = uploading(open_corridor(), strategy="direct")
    pack_another(corridor, "F-1")
    [flow] = corridor.flows()
    assert corridor.send(transport=Stopping(corridor)) == Outcome(0)
    corridor.restart()
    assert corridor.recover() == 1
    assert [attempt.outcome for attempt in attempts_made(corridor)] == ["interrupted"]
    assert corridor.send() == Outcome(1)
    assert corridor.delivered()[flow.name] == corridor.house.store.require(flow.sha256).read_bytes()


def test_a_clock_that_was_set_back_makes_no_flow_wait_for_longer_than_any_pause(ready: Corridor) -> None:
    with ready.house.journal.writing() as tx:
        tx.execute(tables.flows.update().values(next_attempt_at=now() + timedelta(days=30)))
    due = outbox.next_due(ready.house, ready.sheet)
    assert due is not None
    assert due <= now()
    assert ready.send() == Outcome(3)


def test_a_person_who_looked_gives_a_held_flow_all_its_tries_again(ready: Corridor) -> None:
    ready.sheet = ready.sender(retry={"tries": 1})
    held = ready.flows()[0]
    (ready.partner / "in" / f"{held.name}.part").mkdir()
    ready.send()
    assert ready.flows()[0].state == "failed"
    ready.sheet = ready.sender(retry={"tries": 2})
    outbox.retry(ready.house.journal, flow_id=held.id)
    pack_another(ready, "MORE")
    ready.send()
    assert ready.flows()[0].state == "ready"


def test_a_refusal_of_settings_waits_long_and_is_tried_at_once_when_somebody_may_have_mended_it(
    ready: Corridor,
) -> None:
    shutil.rmtree(ready.partner / "in")
    outcome = ready.send()
    assert isinstance(outcome.failure, OperatorError)
    assert states(ready) == ["ready"] * 3
    first = ready.flows()[0]
    assert "Create the folder" in first.reason
    assert first.next_attempt_at > now() + ready.sheet.retry.refused / 2
    (ready.partner / "in").mkdir()
    assert ready.send() == Outcome(1), "the third was not tried and is due"
    assert outbox.release(ready.house, ready.sheet) == 2
    ready.send()
    assert states(ready) == ["sent"] * 3
