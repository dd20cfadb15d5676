from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edid.config.settings import Limits
from edid.config.sheet import Batch
from edid.flows.batches import Waiting, batches, next_due
from edid.flows.package import member_bytes, packed_bound

T0 = datetime(2026, 11, 23, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def queue(*sizes: int, interface: str = "FSO1100A", first: int = 1, at: datetime = T0) -> list[Waiting]:
    return [Waiting(first + n, interface, size, at + timedelta(seconds=n)) for n, size in enumerate(sizes)]


def ids(released: list[list[Waiting]]) -> list[list[int]]:
    return [[document.id for document in group] for group in released]


def test_by_default_every_document_is_a_flow_of_its_own_at_once():
    assert ids(batches(queue(10, 10, 10), Batch(), Limits(), T0)) == [[1], [2], [3]]


def test_a_full_flow_leaves_at_once_and_the_rest_waits_for_company():
    batch = Batch(max_documents=2, wait=MINUTE)
    waiting = queue(10, 10, 10)
    assert ids(batches(waiting, batch, Limits(), T0)) == [[1, 2]]
    assert ids(batches(waiting[2:], batch, Limits(), T0 + MINUTE)) == []
    assert ids(batches(waiting[2:], batch, Limits(), T0 + MINUTE + timedelta(seconds=2))) == [[3]]


def test_the_oldest_document_of_a_partial_flow_sets_the_hour():
    batch = Batch(max_documents=10, wait=MINUTE)
    waiting = queue(10, 10, 10)
    assert next_due(waiting, batch, Limits()) == T0 + MINUTE
    assert ids(batches(waiting, batch, Limits(), T0 + MINUTE)) == [[1, 2, 3]]


def test_documents_of_different_interfaces_never_share_a_flow():
    batch = Batch(max_documents=10)
    waiting = [*queue(10), *queue(10, interface="FSO1116A", first=2), *queue(10, first=3)]
    assert ids(batches(waiting, batch, Limits(), T0 + MINUTE)) == [[1, 3], [2]]


def test_a_document_that_does_not_fit_closes_the_flow_and_begins_the_next():
    batch = Batch(max_documents=10, max_bytes=1000, wait=MINUTE)
    assert ids(batches(queue(400, 500, 200), batch, Limits(), T0)) == [[1, 2]]


def test_a_flow_whose_bytes_are_spent_is_full():
    batch = Batch(max_documents=10, max_bytes=1000, wait=MINUTE)
    assert ids(batches(queue(400, 600), batch, Limits(), T0)) == [[1, 2]]


def test_a_document_above_the_limit_leaves_alone_and_holds_nobody_up():
    batch = Batch(max_documents=10, max_bytes=1000)
    assert ids(batches(queue(10, 5000, 10), batch, Limits(), T0 + MINUTE)) == [[1], [2], [3]]


def test_the_limits_of_the_house_outrank_the_sheet():
    batch = Batch(max_documents=10_000)
    released = batches(queue(*[1] * 1100), batch, Limits(), T0 + MINUTE * 60)
    assert [len(group) for group in released] == [500, 500, 100]


def test_nothing_waits_means_nothing_is_due():
    assert next_due([], Batch(), Limits()) is None
    assert batches([], Batch(), Limits(), T0) == []


waitings = st.lists(
    st.tuples(st.sampled_from(["FSO1100A", "FSO1116A", "FSO1117A"]), st.integers(1, 60_000), st.integers(0, 600)),
    max_size=40,
).map(lambda rows: [Waiting(n, code, size, T0 + timedelta(seconds=age)) for n, (code, size, age) in enumerate(rows)])
batch_settings = st.builds(
    Batch,
    max_documents=st.integers(1, 12),
    max_bytes=st.integers(1, 100_000),
    wait=st.integers(0, 300).map(lambda seconds: timedelta(seconds=seconds)),
)
limit_settings = st.builds(Limits, flow_documents=st.integers(1, 12), flow_size=st.integers(20_000, 200_000))
nows = st.integers(600, 1200).map(lambda seconds: T0 + timedelta(seconds=seconds))


@given(waitings, batch_settings, limit_settings, nows)
def test_no_flow_exceeds_a_limit_or_mixes_interfaces(waiting, batch, limits, now):
    for group in batches(waiting, batch, limits, now):
        assert len({document.interface_code for document in group}) == 1
        assert len(group) <= min(batch.max_documents, limits.flow_documents)
        if len(group) > 1:
            assert sum(document.size for document in group) <= batch.max_bytes
            content = sum(member_bytes(document.size) for document in group)
            assert packed_bound(content) <= limits.flow_size


@given(waitings, batch_settings, limit_settings, nows)
def test_no_document_leaves_twice_and_the_order_is_kept(waiting, batch, limits, now):
    released = batches(waiting, batch, limits, now)
    left = [document.id for group in released for document in group]
    assert len(left) == len(set(left))
    for code in {document.interface_code for document in waiting}:
        mine = [d.id for group in released for d in group if d.interface_code == code]
        queued = [d.id for d in waiting if d.interface_code == code]
        assert mine == queued[: len(mine)], "a document never overtakes one of its own interface"


@given(waitings, batch_settings, limit_settings, nows)
def test_no_document_is_lost_whatever_happens_it_leaves_in_the_end(waiting, batch, limits, now):
    sent: list[int] = []
    rest = list(waiting)
    while rest:
        due = next_due(rest, batch, limits)
        assert due is not None
        now = max(now, due)
        released = batches(rest, batch, limits, now)
        assert released, "what is due leaves"
        gone = {document.id for group in released for document in group}
        sent += gone
        rest = [document for document in rest if document.id not in gone]
    assert sorted(sent) == [document.id for document in waiting]


@given(waitings, batch_settings, limit_settings, nows)
def test_something_leaves_exactly_when_it_is_due(waiting, batch, limits, now):
    due = next_due(waiting, batch, limits)
    assert bool(batches(waiting, batch, limits, now)) == (due is not None and due <= now)
