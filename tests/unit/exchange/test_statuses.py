"""Whatever the order in which the platform's words come, the same word holds in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from edid.clock import now
from edid.documents.kinds import FlowStatus, InvoiceStatus, Kind, Reading
from edid.exchange.received import ReceivedStatus
from edid.exchange.statuses import journal_statuses
from edid.journal.tables import documents, flows, statuses
from edid.sandbox.invoices import SELLER
from edid.validation.worker import JudgePool
from tests.unit.exchange.corridor import Corridor

AT = datetime(2026, 11, 23, tzinfo=UTC)
_codes = st.sampled_from(["01", "03", "05", "06", "07", "11", "17", "99", "odd"])
_moments = st.one_of(st.none(), st.integers(0, 5).map(lambda hours: AT + timedelta(hours=hours)))
_READING = Reading(Kind.CPP_STATUT, version="V1_19")


@pytest.fixture(scope="module")
def shared_sent(
    tmp_path_factory: pytest.TempPathFactory, judges: JudgePool, invoice: Callable[..., bytes]
) -> Iterator[Corridor]:
    """One invoice F-1 that the partner has; every test undoes what it journals."""
    shared = Corridor(tmp_path_factory.mktemp("shared"), judges)
    shared.outbound(("a.xml", invoice("F-1")))
    yield shared
    shared.close()


def _derived(corridor: Corridor, received: Sequence[FlowStatus | InvoiceStatus]) -> tuple[str | None, str | None]:
    """Return the status of the document and the report of the flow after `received`, one message each; undo it."""
    with corridor.house.journal._engine.connect() as tx, tx.begin() as transaction:
        for number, status in enumerate(received):
            row = {
                "sheet": corridor.sheet.name,
                "direction": "in",
                "name": f"S{number}",
                "sha256": f"{number:064d}",
                "size": 1,
                "document_count": 0,
                "state": "fetched",
                "created_at": now(),
            }
            source = tx.execute(insert(flows).values(row).returning(flows.c.id)).scalar_one()
            source_row = SimpleNamespace(id=source, interface_code="FEN1200A", name=f"S{number}", sha256="0" * 64)
            journal_statuses(tx, corridor.sheet, source_row, [ReceivedStatus(status, _READING)])
        derived = (
            tx.execute(select(documents.c.status).where(documents.c.direction == "out")).scalar_one(),
            tx.execute(select(flows.c.report).where(flows.c.direction == "out")).scalar_one(),
        )
        transaction.rollback()
    return derived


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_same_words_in_any_order_derive_the_same_state(data: st.DataObject, shared_sent: Corridor) -> None:
    flow = shared_sent.flows()[0]
    words: list[FlowStatus | InvoiceStatus] = []
    for code, at in data.draw(
        st.lists(st.tuples(_codes, _moments), min_size=1, max_size=5, unique_by=lambda one: one[1])
    ):
        words.append(
            InvoiceStatus(code, "F-1", at, supplier_type="1", supplier_id=SELLER.siret, invoice_date=date(2026, 9, 1))
        )
        words.append(FlowStatus("93" if code == "05" else "92", flow.identifier, at))
    assert _derived(shared_sent, data.draw(st.permutations(words))) == _derived(shared_sent, words)


def test_a_repeated_word_changes_nothing(shared_sent: Corridor) -> None:
    word = InvoiceStatus("07", "F-1", AT, supplier_type="1", supplier_id=SELLER.siret)
    later = InvoiceStatus("11", "F-1", AT + timedelta(hours=1), supplier_type="1", supplier_id=SELLER.siret)
    assert _derived(shared_sent, [word, later, word, word])[0] == "MISE_EN_PAIEMENT"


def test_a_timestamp_without_zone_is_kept_with_one(corridor: Corridor, invoice: Callable[..., bytes]) -> None:
    corridor.outbound(("a.xml", invoice("F-1")))
    with corridor.house.journal.writing() as tx:
        source = SimpleNamespace(id=corridor.flows()[0].id, interface_code=None, name="S", sha256="0" * 64)
        status = InvoiceStatus("07", "F-1", datetime(2026, 11, 23, 8), supplier_id=SELLER.siret)  # noqa: DTZ001
        journal_statuses(tx, corridor.sheet, source, [ReceivedStatus(status, _READING)])
    with corridor.house.journal.reading() as view:
        assert view.execute(select(statuses.c.status_at)).scalar_one() == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_no_status_changes_nothing(corridor: Corridor) -> None:
    with corridor.house.journal.writing() as tx:
        journal_statuses(tx, corridor.sheet, SimpleNamespace(id=1), [])
    assert corridor.statuses() == []


def test_the_refusal_of_a_repeat_says_nothing_about_the_first_delivery(shared_sent: Corridor) -> None:
    flow = shared_sent.flows()[0]
    twice = (("TECH", "IRR_UNCITE", "flux déjà reçu", ""),)
    words = [FlowStatus("92", flow.identifier, AT), FlowStatus("93", flow.identifier, AT + timedelta(1), errors=twice)]
    assert _derived(shared_sent, words)[1] == "integrated"
    assert _derived(shared_sent, words[1:])[1] == "refused"
    other = (*twice, ("TECH", "IRR_TAILLE", "flux trop volumineux", ""))
    words[1] = FlowStatus("93", flow.identifier, AT + timedelta(1), errors=other)
    assert _derived(shared_sent, words)[1] == "refused"
