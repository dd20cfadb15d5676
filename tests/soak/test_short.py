"""A soak of some seconds: the actors, faults and reckoning of `make soak`, and proof that the reckoning can fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.company import Company
from tests.soak.ledger import Fate
from tests.soak.partners import Partner, two_partners
from tests.soak.reckoning import compared
from tests.soak.soak import Pace, Report, soak

SEED = "114"
"""Begins with a SIGKILL of the daemon, a SIGTERM after it, and a partner that is stopped."""


@dataclass
class Soaked:
    """A soak that is over; nothing of it has been taken away yet."""

    report: Report
    partners: Mapping[str, Partner]
    ledger: Path

    @property
    def company(self) -> Company:
        return self.report.books.company

    def reckoned(self) -> list[str]:
        """Compare once more."""
        return compared(self.company, self.report.books.sheets, self.ledger).disagreements


@pytest.fixture(scope="module")
def soaked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Soaked]:
    folder = tmp_path_factory.mktemp("soak")
    with two_partners() as partners:
        report = soak(folder, partners, SEED, Pace(seconds=9, drops=8, burst=0, rules="xsd-only", settle=100))
        yield Soaked(report, partners, folder / "ledger.jsonl")


def test_ledger_servers_spool_and_journal_agree_after_faults_and_restarts(soaked: Soaked) -> None:
    assert soaked.report.disagreements == []
    assert soaked.report.strange == []


def test_there_was_something_to_disagree_about(soaked: Soaked) -> None:
    report = soaked.report
    assert report.documents["out sent"] > 20
    assert report.documents["out rejected"] > 0
    assert report.documents["in filed"] > 0
    assert report.faults["SIGKILL"] > 0
    assert report.faults["partner stopped"] > 0


def _lost_at_the_partner(soaked: Soaked) -> Callable[[], object]:
    inbox = soaked.partners["openssh"].inbox
    lost = inbox / min(soaked.partners["openssh"].arrived())
    content = lost.read_bytes()
    lost.unlink()
    return lambda: lost.write_bytes(content)


def _doubled_at_the_partner(soaked: Soaked) -> Callable[[], object]:
    partner = soaked.partners["openssh"]
    name = min(partner.arrived())
    double = partner.inbox / f"{name[:-1]}X"
    double.write_bytes((partner.inbox / name).read_bytes())
    return double.unlink


def _left_half_written(soaked: Soaked) -> Callable[[], object]:
    left = soaked.partners["openssh"].inbox / "flow.part"
    left.write_bytes(b"<Invo")
    return left.unlink


def _changed_at_the_partner(soaked: Soaked) -> Callable[[], object]:
    partner = soaked.partners["openssh"]
    changed = partner.inbox / min(partner.arrived())
    content = changed.read_bytes()
    changed.write_bytes(content[:-1] + b" ")
    return lambda: changed.write_bytes(content)


def _without_its_note(soaked: Soaked) -> Callable[[], object]:
    note = min(soaked.company.spool.glob("*/rejected/*.verdict.txt"))
    text = note.read_bytes()
    note.unlink()
    return lambda: note.write_bytes(text)


def _told_twice(soaked: Soaked) -> Callable[[], object]:
    answer = min(soaked.company.spool.glob("ventes-a/status/*.json"))
    double = answer.with_name(f"9{answer.name}")
    double.write_bytes(answer.read_bytes())
    return double.unlink


def _not_told(soaked: Soaked) -> Callable[[], object]:
    answer = min(soaked.company.spool.glob("ventes-a/status/*.json"))
    content = answer.read_bytes()
    answer.unlink()
    return lambda: answer.write_bytes(content)


def _not_where_it_was_filed(soaked: Soaked) -> Callable[[], object]:
    note = min(soaked.company.spool.glob("achats-*/in/*/*/facts.json"))
    note.parent.rename(away := note.parent.with_name("elsewhere"))
    return lambda: away.rename(note.parent)


def _never_seen(soaked: Soaked) -> Callable[[], object]:
    """A line of the ledger that edid never saw: a lost drop."""
    before = soaked.ledger.read_text()
    line = json.loads(before.splitlines()[0])
    unseen = {**line, "sheet": "ventes-a", "name": "lost.xml", "sha256": "0" * 64, "fate": Fate.VALID, "number": "LOST"}
    soaked.ledger.write_text(f"{before}{json.dumps({**unseen, 'said': []})}\n")
    return lambda: soaked.ledger.write_text(before)


@pytest.mark.parametrize(
    "wrong",
    [
        _lost_at_the_partner,
        _doubled_at_the_partner,
        _left_half_written,
        _changed_at_the_partner,
        _without_its_note,
        _told_twice,
        _not_told,
        _not_where_it_was_filed,
        _never_seen,
    ],
)
def test_the_reckoning_notices(soaked: Soaked, wrong: Callable[[Soaked], Callable[[], object]]) -> None:
    undo = wrong(soaked)
    try:
        assert soaked.reckoned() != []
    finally:
        undo()
    assert soaked.reckoned() == []
