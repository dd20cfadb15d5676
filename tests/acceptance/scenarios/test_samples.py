"""The official example messages replayed as conversations: an invoice is sent, then they come about it."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from edid.documents.cdar import read_tree
from edid.documents.kinds import InvoiceStatus
from edid.flows.names import FlowName
from edid.sandbox.invoices import SELLER, example_invoice
from edid.sandbox.invoices.ubl import write_ubl
from tests.acceptance.scenarios.world import World, eventually

SHEET, APPLICATION = "rejeu", "APP007"
SAYS = {
    "200": "DEPOSEE",
    "202": "RECUE",
    "203": "MISE_A_DISPOSITION",
    "204": "PRISE_EN_CHARGE",
    "205": "APPROUVEE",
    "207": "EN_LITIGE",
    "211": "PAIEMENT_TRANSMIS",
    "212": "ENCAISSEE",
}
Sample = tuple[bytes, InvoiceStatus]
_SEQUENCE = itertools.count(1)


@pytest.fixture(scope="module")
def samples(corpus: Path) -> dict[str, list[Sample]]:
    """Return the messages for the user of a platform by invoice, in the order of their time."""
    found: dict[str, list[Sample]] = defaultdict(list)
    for path in sorted((corpus / "cdar").glob("*.xml")):
        if "POUR_PPF" not in path.name:
            found[(sample := _sample(path))[1].number].append(sample)
    assert found
    return {number: sorted(each, key=lambda sample: str(sample[1].at)) for number, each in found.items()}


@pytest.fixture(scope="module")
def sent(world: World, samples: dict[str, list[Sample]]) -> World:
    """Each invoice that they speak of is sent first."""
    for number, ((_, status), *_) in samples.items():
        assert status.invoice_date is not None
        seller = replace(SELLER, siret=f"{status.supplier_id}00017", name=status.supplier_name or "VENDEUR")
        made = example_invoice(number, status.invoice_date, lines=1, seller=seller, frame="B1")
        world.company.drop(SHEET, f"{number}.xml", write_ubl(made))
    eventually(
        lambda: [row.state for row in world.documents(SHEET)] == ["sent"] * len(samples),
        lambda: "the invoices are sent",
    )
    return world


def _sample(path: Path) -> Sample:
    content = path.read_bytes()
    (status,) = read_tree(etree.ElementTree(etree.fromstring(content))).invoice_statuses
    return content, status


def offer(world: World, content: bytes) -> None:
    """Offer a message as the platform does."""
    name = FlowName("FEN1204A", APPLICATION, "CPP001", "1204", f"{next(_SEQUENCE):015d}")
    hidden = world.root / SHEET / f".{name}"
    hidden.write_bytes(content)
    hidden.rename(world.root / SHEET / "out" / str(name))


def _moments(samples: dict[str, list[Sample]]) -> Iterator[dict[str, Sample]]:
    """Yield the first message about each invoice, then the second ones, and so on."""
    longest = max(map(len, samples.values()))
    for place in range(longest):
        yield {number: each[place] for number, each in samples.items() if place < len(each)}


def test_after_each_message_the_invoice_stands_as_its_code_says(
    sent: World, samples: dict[str, list[Sample]], corpus: Path
) -> None:
    for moment in _moments(samples):
        for content, _ in moment.values():
            offer(sent, content)
        sent.wait_for(SHEET, {number: SAYS[status.code] for number, (_, status) in moment.items()})
    for number, told in samples.items():
        (document,) = sent.documents(SHEET, number)
        words = sent.words(document.id)
        assert [word.code for word in words] == [status.code for _, status in told]
        kept = [[reason.get("code") for reason in word.reasons or ()] for word in words]
        assert kept == [[reason.code for reason in status.reasons] for _, status in told]
    assert {number: row["motive"] for number, row in sent.todo(SHEET).items()} == dict.fromkeys(
        ("F202500006", "F202500007"), "TX_TVA_ERR : Taux de TVA erroné"
    )
    _copies_for_the_portal_change_nothing(sent, corpus)


def _copies_for_the_portal_change_nothing(sent: World, corpus: Path) -> None:
    before = sent.standing(SHEET)
    copies = sorted((corpus / "cdar").glob("*POUR_PPF*.xml"))
    said = sum(len(sent.words(row.id)) for row in sent.documents(SHEET))
    for path in copies:
        offer(sent, path.read_bytes())
    eventually(
        lambda: sum(len(sent.words(row.id)) for row in sent.documents(SHEET)) == said + len(copies),
        lambda: "the copies are filed",
    )
    assert sent.standing(SHEET) == before
