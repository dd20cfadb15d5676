from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

import pytest
from sqlalchemy.exc import OperationalError

from edid.clock import now
from edid.config.transport import FolderSettings
from edid.errors import OperatorError, PermanentError, TransientError
from edid.exchange import outbox
from edid.exchange.held_flows import drop_flow
from edid.exchange.pulse import Pulse, StopRequestedError
from edid.exchange.rounds import Outcome
from edid.exchange.setbacks import MOST_TRIES
from edid.journal import tables
from edid.journal.tables import attempts
from edid.sandbox.invoices import ubl_invoice
from edid.transport.contract import Progress, Written
from edid.transport.folder import FolderTransport
from tests.unit.exchange.corridor import Corridor, Crash, Row, crash_at

Invoice = Callable[..., bytes]


class ShakyPartner(FolderTransport):
    """A real folder partner; `fails` says what the n-th put or rename raises before or after it was done."""

    def __init__(self, corridor: Corridor) -> None:
        settings = corridor.sheet.transport
        assert isinstance(settings, FolderSettings)
        super().__init__(settings)
        self.puts: list[str] = []
        self.before_put: dict[int, BaseException] = {}
        self.after_rename: dict[int, BaseException] = {}
        self._renames = 0

    def put(
        self, source: Path, target: PurePosixPath, progress: Progress | None = None, *, look: bool = False
    ) -> Written:
        self.puts.append(target.name)
        error = self.before_put.get(len(self.puts))
        if error is not None:
            raise error
        return super().put(source, target, progress, look=look)

    def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
        super().rename(source, target)
        self._renames += 1
        error = self.after_rename.get(self._renames)
        if error is not None:
            raise error


@pytest.fixture
def ready(corridor: Corridor, invoice: Invoice) -> Corridor:
    """Three flows that wait for delivery."""
    for number in (1, 2, 3):
        corridor.drop(f"{number}.xml", invoice(f"F-{number}"))
    corridor.take()
    corridor.judge()
    corridor.pack()
    return corridor


def _states(corridor: Corridor) -> list[str]:
    return [flow.state for flow in corridor.flows()]


def _attempts(corridor: Corridor) -> list[Row]:
    return corridor.rows(attempts)


def _due(corridor: Corridor) -> None:
    for flow in corridor.flows():
        outbox.retry(corridor.house.journal, flow_id=flow.id)


def _uploading(corridor: Corridor, **upload: str) -> Corridor:
    transport = {"protocol": "folder", "root": str(corridor.partner), "upload": upload}
    corridor.sheet = corridor.sender(transport=transport)
    return corridor


def _pack_another(corridor: Corridor, number: str) -> None:
    corridor.drop(f"{number}.xml", ubl_invoice(number, date(2026, 9, 1)))
    corridor.take()
    corridor.judge()
    corridor.pack()


def test_sent_is_said_of_flows_and_documents_that_the_partner_holds(ready: Corridor) -> None:
    assert ready.send() == Outcome(3)
    assert _states(ready) == ["sent"] * 3
    assert ready.states() == ["sent"] * 3
    assert list(ready.delivered()) == [flow.name for flow in ready.flows()]
    for flow in ready.flows():
        assert ready.delivered()[flow.name] == ready.house.store.require(flow.sha256).read_bytes()
        assert flow.sent_at is not None
        assert flow.attempt_count == 1
    assert [attempt.outcome for attempt in _attempts(ready)] == ["delivered"] * 3
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
    assert [(attempt.outcome, attempt.alone) for attempt in _attempts(ready)] == [
        ("delivered", False),
        ("transient", True),
        ("delivered", False),
    ]
    assert ready.send(transport=partner) == Outcome(0), "it waits"
    _due(ready)
    ready.send(transport=partner)
    assert _states(ready) == ["sent"] * 3
    assert ready.flows()[1].reason is None


def test_two_failures_in_a_row_are_the_partners_and_the_rest_keep_their_turn(ready: Corridor) -> None:
    partner = ShakyPartner(ready)
    partner.before_put[1] = partner.before_put[2] = TransientError("the line is dead.")
    outcome = ready.send(transport=partner)
    assert (outcome.sent, str(outcome.failure), outcome.suspects) == (0, "the line is dead.", (1, 2))
    assert [(flow.state, flow.attempt_count) for flow in ready.flows()] == [("ready", 1), ("ready", 1), ("ready", 0)]
    assert [attempt.alone for attempt in _attempts(ready)] == [False, False]


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
    _due(ready)
    ready.send(transport=partner, probing=True)
    assert [name[-6:-5] for name in partner.puts] == ["1", "2", "3", "1", "2"]


def test_a_flow_that_fails_while_others_get_through_is_held_after_its_tries(ready: Corridor) -> None:
    ready.sheet = ready.sender(retry={"tries": 3})
    poisoned, *others = ready.flows()
    blocked = ready.partner / "in" / f"{poisoned.name}.part"
    blocked.mkdir()  # no file can be written under this name
    for number in range(3):
        assert ready.flows()[0].state == "ready"
        _due(ready)
        _pack_another(ready, f"MORE-{number}")
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
        _pack_another(ready, f"MORE-{number}")
        outbox.hurry(ready.house.journal, ready.sheet.name)
        ready.send(probing=True)
    states = _states(ready)
    assert (states[:2], set(states[2:])) == (["failed", "failed"], {"sent"})


def test_an_outage_makes_no_flow_a_culprit(ready: Corridor) -> None:
    ready.sheet = ready.sender(retry={"tries": 2})
    for _ in range(5):
        ready.partner.rename(ready.folder / "elsewhere")
        _due(ready)
        assert ready.send().failure is not None
        (ready.folder / "elsewhere").rename(ready.partner)
        _pack_another(ready, "LATER") if len(ready.flows()) < 4 else None
    assert not any(attempt.alone for attempt in _attempts(ready))
    _due(ready)
    ready.send()
    assert _states(ready) == ["sent"] * 4


def test_what_the_partner_took_unfinished_is_held_and_not_sent_again_by_itself(ready: Corridor) -> None:
    """A partner that sweeps its in folder may have the whole file under a name that we never wanted it to see."""

    class Sweeping(ShakyPartner):
        def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
            (ready.partner / source).rename(ready.folder / f"swept-{target.name}")
            super().rename(source, target)

    partner = Sweeping(ready)
    for _ in range(3):
        _due(ready) if _states(ready)[0] == "ready" else None
        ready.send(transport=partner)
    flows = ready.flows()
    assert "took it unfinished" in flows[0].reason
    assert [flow.state for flow in flows] == ["failed"] * 3
    assert len(partner.puts) == len(set(partner.puts)) == 3, "each was written once"
    with pytest.raises(PermanentError, match="--not-there"):
        drop_flow(ready.house.journal, flows[0].id, "no")


def test_a_whole_file_without_its_marker_is_ours_at_the_next_attempt(open_corridor: Callable[..., Corridor]) -> None:
    corridor = _uploading(open_corridor(), strategy="marker", marker=".ok")
    _pack_another(corridor, "F-1")
    [flow] = corridor.flows()
    denied = corridor.partner / "in" / f"{flow.name}.ok"
    denied.mkdir()
    assert isinstance(corridor.send().failure, OperatorError)
    with pytest.raises(PermanentError, match="not held"):
        drop_flow(corridor.house.journal, flow.id, "no")
    denied.rmdir()
    _due(corridor)
    assert corridor.send() == Outcome(1)
    assert denied.is_file()


def test_a_stop_in_the_middle_of_writing_the_final_name_is_remembered(open_corridor: Callable[..., Corridor]) -> None:
    class Stopping(ShakyPartner):
        def put(
            self, source: Path, target: PurePosixPath, progress: Progress | None = None, *, look: bool = False
        ) -> Written:
            (corridor.partner / target).write_bytes(source.read_bytes()[:100])
            raise StopRequestedError

    corridor = _uploading(open_corridor(), strategy="direct")
    _pack_another(corridor, "F-1")
    [flow] = corridor.flows()
    assert corridor.send(transport=Stopping(corridor)) == Outcome(0)
    corridor.restart()
    assert corridor.recover() == 1
    assert [attempt.outcome for attempt in _attempts(corridor)] == ["interrupted"]
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
    _pack_another(ready, "MORE")
    ready.send()
    assert ready.flows()[0].state == "ready"


def test_a_repeated_attempt_bears_the_same_name_and_the_same_bytes(ready: Corridor) -> None:
    before = [(flow.name, flow.sha256) for flow in ready.flows()]
    partner = ShakyPartner(ready)
    partner.before_put[1] = TransientError("away")
    ready.send(transport=partner)
    _due(ready)
    ready.send(transport=partner)
    assert [(flow.name, flow.sha256) for flow in ready.flows()] == before
    assert len(ready.delivered()) == 3


def test_a_refusal_of_settings_waits_long_and_is_tried_at_once_when_somebody_may_have_mended_it(
    ready: Corridor,
) -> None:
    shutil.rmtree(ready.partner / "in")
    outcome = ready.send()
    assert isinstance(outcome.failure, OperatorError)
    assert _states(ready) == ["ready"] * 3
    first = ready.flows()[0]
    assert "Create the folder" in first.reason
    assert first.next_attempt_at > now() + ready.sheet.retry.refused / 2
    (ready.partner / "in").mkdir()
    assert ready.send() == Outcome(1), "the third was not tried and is due"
    assert outbox.release(ready.house, ready.sheet) == 2
    ready.send()
    assert _states(ready) == ["sent"] * 3


def test_a_flow_that_will_never_leave_keeps_no_other_back(ready: Corridor) -> None:
    ready.house.store.path(ready.flows()[0].sha256).unlink()
    outcome = ready.send()
    assert outcome == Outcome(2, refused=1)
    assert outcome.go_on
    assert _states(ready) == ["failed", "sent", "sent"]
    assert "the store has lost" in ready.flows()[0].reason


def test_a_flow_that_failed_on_settings_once_and_for_good_later_waits_for_a_person(ready: Corridor) -> None:
    shutil.rmtree(ready.partner / "in")
    ready.send()
    (ready.partner / "in").mkdir()
    ready.house.store.path(ready.flows()[0].sha256).unlink()
    outbox.release(ready.house, ready.sheet)
    ready.send()
    assert _states(ready) == ["failed", "sent", "sent"]
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
    assert _states(ready) == ["sending"] * 3
    written = list(partner.puts)
    ready.restart()
    assert ready.recover() == 3
    assert [attempt.outcome for attempt in _attempts(ready)] == ["interrupted"] * 3
    ready.send(transport=partner)
    assert _states(ready) == ["sent"] * 3
    assert len(ready.delivered()) == 3
    assert len(partner.puts) == 3, f"each was written once: {written}, then {partner.puts}"


def test_after_a_lost_answer_the_partner_is_asked_before_anything_is_written_again(ready: Corridor) -> None:
    partner = ShakyPartner(ready)
    partner.after_rename[1] = TransientError("the answer is lost")
    ready.send(transport=partner)
    _due(ready)
    ready.send(transport=partner)
    assert _states(ready) == ["sent"] * 3
    assert len(partner.puts) == 3


def test_an_outage_of_the_journal_after_the_delivery_heals_without_a_restart(
    ready: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = OperationalError("COMMIT", {}, Exception("server closed the connection"))
    crash_at(monkeypatch, "edid.exchange.sending.commit_sent", error=outage)
    partner = ShakyPartner(ready)
    with pytest.raises(OperationalError):
        ready.send(transport=partner)
    assert _states(ready) == ["sending"] * 3
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
    assert {attempt.outcome for attempt in _attempts(ready)} == {"fault", "permanent"}
    for other in others:
        outbox.retry(ready.house.journal, flow_id=other.id)
    assert ready.send() == Outcome(2)


def test_a_stop_puts_the_rest_back_untouched(ready: Corridor) -> None:
    pulse = Pulse()
    pulse.stop(within=10)
    assert ready.send(pulse=pulse) == Outcome(0)
    assert [(flow.state, flow.attempt_count) for flow in ready.flows()] == [("ready", 0)] * 3
    assert _attempts(ready) == []


def test_a_stop_that_waited_long_enough_interrupts_the_delivery_in_hand(ready: Corridor) -> None:
    class Stopping(ShakyPartner):
        def put(
            self, source: Path, target: PurePosixPath, progress: Progress | None = None, *, look: bool = False
        ) -> Written:
            pulse.stop(within=-1)
            return super().put(source, target, progress, look=look)

    pulse = Pulse()
    assert ready.send(transport=Stopping(ready), pulse=pulse) == Outcome(0)
    assert _states(ready) == ["ready"] * 3
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
    assert _states(ready) == ["failed", "sent", "sent"]
    (ready.folder / "aside").rename(ready.house.store.path(first.sha256))
    assert outbox.retry(journal, sheet="another") == 0
    assert outbox.retry(journal, sheet=ready.sheet.name) == 1
    ready.send(transport=partner)
    assert _states(ready) == ["sent"] * 3
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
