"""Flows are delivered once, whatever happens on the way, and the journal says only what is true."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from sqlalchemy.exc import OperationalError

from edid.clock import now
from edid.errors import TransientError
from edid.exchange import outbox
from edid.exchange.pulse import Pulse
from edid.exchange.rounds import Outcome
from edid.exchange.setbacks import MOST_TRIES
from edid.transport.contract import Progress, Written
from tests.unit.exchange.corridor import Corridor, Crash, crash_at
from tests.unit.exchange.shaky import ShakyPartner, attempts_made, make_due, states

Invoice = Callable[..., bytes]


def test_sent_is_said_of_flows_and_documents_that_the_partner_holds(ready: Corridor) -> None:
    assert ready.send() == Outcome(3)
    assert states(ready) == ["sent"] * 3
    assert ready.states() == ["sent"] * 3
    assert list(ready.delivered()) == [flow.name for flow in ready.flows()]
    for flow in ready.flows():
        assert ready.delivered()[flow.name] == ready.house.store.require(flow.sha256).read_bytes()
        assert flow.sent_at is not None
        assert flow.attempt_count == 1
    assert [attempt.outcome for attempt in attempts_made(ready)] == ["delivered"] * 3
    assert ready.send() == Outcome(0)


def test_a_transient_failure_waits_with_its_reason(ready: Corridor) -> None:
    partner = ShakyPartner(ready)
    partner.before_put[2] = TransientError("the line is dead.")
    assert ready.send(transport=partner) == Outcome(2, refused=1), "the others get through: it is its own trouble"
    sent, failed, other = ready.flows()
    assert (sent.state, failed.state, other.state) == ("sent", "ready", "sent")
    assert failed.reason == "the line is dead."
    assert failed.next_attempt_at > now()
    assert failed.attempt_count == 1
    assert [(attempt.outcome, attempt.alone) for attempt in attempts_made(ready)] == [
        ("delivered", False),
        ("transient", True),
        ("delivered", False),
    ]
    assert ready.send(transport=partner) == Outcome(0), "it waits"
    make_due(ready)
    ready.send(transport=partner)
    assert states(ready) == ["sent"] * 3
    assert ready.flows()[1].reason is None


def test_a_repeated_attempt_bears_the_same_name_and_the_same_bytes(ready: Corridor) -> None:
    before = [(flow.name, flow.sha256) for flow in ready.flows()]
    partner = ShakyPartner(ready)
    partner.before_put[1] = TransientError("away")
    ready.send(transport=partner)
    make_due(ready)
    ready.send(transport=partner)
    assert [(flow.name, flow.sha256) for flow in ready.flows()] == before
    assert len(ready.delivered()) == 3


def test_a_flow_that_will_never_leave_keeps_no_other_back(ready: Corridor) -> None:
    ready.house.store.path(ready.flows()[0].sha256).unlink()
    outcome = ready.send()
    assert outcome == Outcome(2, refused=1)
    assert outcome.go_on
    assert states(ready) == ["failed", "sent", "sent"]
    assert "the store has lost" in ready.flows()[0].reason


def test_a_flow_that_failed_on_settings_once_and_for_good_later_waits_for_a_person(ready: Corridor) -> None:
    shutil.rmtree(ready.partner / "in")
    ready.send()
    (ready.partner / "in").mkdir()
    ready.house.store.path(ready.flows()[0].sha256).unlink()
    outbox.release(ready.house, ready.sheet)
    ready.send()
    assert states(ready) == ["failed", "sent", "sent"]
    assert outbox.release(ready.house, ready.sheet) == 0


def test_what_the_platform_would_refuse_is_refused_here(ready: Corridor) -> None:
    ready.sheet = ready.sender(interfaces={"emission": ["FSO1117A"]})
    assert ready.send() == Outcome(0, refused=3)
    assert ready.delivered() == {}
    assert {flow.reason.split(":")[0] for flow in ready.flows()} == {"IRR_TYPE"}


@pytest.mark.parametrize("place", ["commit_sent", "deliver"])
def test_a_crash_while_sending_is_repeated_without_a_second_delivery(
    ready: Corridor, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    crash_at(monkeypatch, f"edid.exchange.sending.{place}")
    partner = ShakyPartner(ready)
    with pytest.raises(Crash):
        ready.send(transport=partner)
    assert states(ready) == ["sending"] * 3
    written = list(partner.puts)
    ready.restart()
    assert ready.recover() == 3
    assert [attempt.outcome for attempt in attempts_made(ready)] == ["interrupted"] * 3
    ready.send(transport=partner)
    assert states(ready) == ["sent"] * 3
    assert len(ready.delivered()) == 3
    assert len(partner.puts) == 3, f"each was written once: {written}, then {partner.puts}"


def test_after_a_lost_answer_the_partner_is_asked_before_anything_is_written_again(ready: Corridor) -> None:
    partner = ShakyPartner(ready)
    partner.after_rename[1] = TransientError("the answer is lost")
    ready.send(transport=partner)
    make_due(ready)
    ready.send(transport=partner)
    assert states(ready) == ["sent"] * 3
    assert len(partner.puts) == 3


def test_an_outage_of_the_journal_after_the_delivery_heals_without_a_restart(
    ready: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = OperationalError("COMMIT", {}, Exception("server closed the connection"))
    crash_at(monkeypatch, "edid.exchange.sending.commit_sent", error=outage)
    partner = ShakyPartner(ready)
    with pytest.raises(OperationalError):
        ready.send(transport=partner)
    assert states(ready) == ["sending"] * 3
    due = outbox.next_due(ready.house, ready.sheet)
    assert due is not None
    assert due <= now(), "flows that nobody delivers any more are due"
    assert ready.send(transport=partner) == Outcome(3)
    assert len(partner.puts) == 3


def test_flows_that_another_thread_delivers_are_left_to_it(ready: Corridor) -> None:
    in_hand = outbox.take_in_hand(ready.house, ready.sheet)
    assert len(in_hand) == 3
    assert ready.recover() == 0
    assert ready.send() == Outcome(0)
    assert outbox.next_due(ready.house, ready.sheet) is None


def test_something_unforeseen_is_tried_again_but_not_without_end(ready: Corridor) -> None:
    poisoned, *others = ready.flows()
    partner = ShakyPartner(ready)
    for number in range(1, 100):
        partner.before_put[number] = ValueError("never foreseen")
    for _ in range(MOST_TRIES):
        outbox.retry(ready.house.journal, flow_id=poisoned.id)
        ready.send(transport=partner)
    assert ready.flows()[0].state == "failed"
    assert "never foreseen" in ready.flows()[0].reason
    assert {attempt.outcome for attempt in attempts_made(ready)} == {"fault", "permanent"}
    for other in others:
        outbox.retry(ready.house.journal, flow_id=other.id)
    assert ready.send() == Outcome(2)


def test_a_stop_puts_the_rest_back_untouched(ready: Corridor) -> None:
    pulse = Pulse()
    pulse.stop(within=10)
    assert ready.send(pulse=pulse) == Outcome(0)
    assert [(flow.state, flow.attempt_count) for flow in ready.flows()] == [("ready", 0)] * 3
    assert attempts_made(ready) == []


def test_a_stop_that_waited_long_enough_interrupts_the_delivery_in_hand(ready: Corridor) -> None:
    class Stopping(ShakyPartner):
        def put(
            self, source: Path, target: PurePosixPath, progress: Progress | None = None, *, look: bool = False
        ) -> Written:
            pulse.stop(within=-1)
            return super().put(source, target, progress, look=look)

    pulse = Pulse()
    assert ready.send(transport=Stopping(ready), pulse=pulse) == Outcome(0)
    assert states(ready) == ["ready"] * 3
    ready.restart()
    ready.send()
    assert [name for name in ready.delivered() if not name.endswith(".part")] == [flow.name for flow in ready.flows()]


def test_retry_makes_failed_and_waiting_flows_due_now(ready: Corridor) -> None:
    journal = ready.house.journal
    partner = ShakyPartner(ready)
    partner.before_put[1] = partner.before_put[2] = TransientError("away")
    ready.send(transport=partner)
    first, second, third = ready.flows()
    assert outbox.retry(journal, flow_id=third.id) == 0, "it is due already"
    assert outbox.retry(journal, flow_id=second.id) == 1
    assert outbox.retry(journal, flow_id=first.id) == 1
    assert ready.flows()[0].next_attempt_at is None
    ready.house.store.path(first.sha256).rename(ready.folder / "aside")
    ready.send(transport=partner)
    assert states(ready) == ["failed", "sent", "sent"]
    (ready.folder / "aside").rename(ready.house.store.path(first.sha256))
    assert outbox.retry(journal, sheet="another") == 0
    assert outbox.retry(journal, sheet=ready.sheet.name) == 1
    ready.send(transport=partner)
    assert states(ready) == ["sent"] * 3
    assert outbox.retry(journal, sheet=ready.sheet.name) == 0


def test_the_next_due_flow_is_told(ready: Corridor) -> None:
    due = outbox.next_due(ready.house, ready.sheet)
    assert due is not None
    assert due <= now()
    partner = ShakyPartner(ready)
    ready.send(transport=partner)
    assert outbox.next_due(ready.house, ready.sheet) is None


def test_a_flow_that_must_wait_is_due_when_it_says(corridor: Corridor, invoice: Invoice) -> None:
    partner = ShakyPartner(corridor)
    partner.before_put[1] = TransientError("away")
    corridor.drop("a.xml", invoice())
    corridor.take()
    corridor.judge()
    corridor.pack()
    corridor.send(transport=partner)
    assert outbox.next_due(corridor.house, corridor.sheet) == corridor.flows()[0].next_attempt_at


def test_a_group_is_bounded_in_bytes(ready: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_GROUP_BYTES", ready.flows()[0].size)
    assert ready.send() == Outcome(1)
    assert ready.send() == Outcome(1)


def test_a_name_that_the_partner_already_holds_is_never_written_over_by_a_first_attempt(ready: Corridor) -> None:
    name = ready.flows()[0].name
    foreign = ready.folder / "partner" / "in" / name
    foreign.write_bytes(b"of another journal")
    assert ready.send() == Outcome(2, refused=1)
    assert foreign.read_bytes() == b"of another journal"
    flow = ready.flows()[0]
    assert flow.state == "ready"
    assert "never sent" in flow.reason
    outbox.retry(ready.house.journal, flow_id=flow.id)
    ready.send()
    assert foreign.read_bytes() == b"of another journal", "a retry before anybody looked changes nothing"
    foreign.unlink()
    outbox.retry(ready.house.journal, flow_id=flow.id)
    ready.send()
    assert ready.flows()[0].state == "sent"
