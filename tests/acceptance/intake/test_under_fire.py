"""The real daemon under many writers and a spool that fails: everything finished reaches the partner once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.company import Company, contents, digest
from tests.partners.waiting import until

DAY = date(2026, 3, 2)
EACH = 30
WRITER = """
import mmap, os, sys, time
kind, out, source, marker = sys.argv[1:]
for name in sorted(os.listdir(source)):
    content = open(f"{source}/{name}", "rb").read()
    half = len(content) // 2
    if kind == "held":
        with open(f"{out}/{name}", "wb", buffering=0) as file:
            file.write(content[:half])
            time.sleep(0.01)
            file.write(content[half:])
    elif kind == "mapped":
        descriptor = os.open(f"{out}/{name}", os.O_RDWR | os.O_CREAT, 0o660)
        os.ftruncate(descriptor, len(content))
        mapped = mmap.mmap(descriptor, len(content))
        os.close(descriptor)
        mapped[:half] = content[:half]
        time.sleep(0.01)
        mapped[half:] = content[half:]
        mapped.close()
    else:
        with open(f"{out}/{name}.part", "wb", buffering=0) as file:
            file.write(content[:half])
        time.sleep(0.01)
        with open(f"{out}/{name}.part", "ab", buffering=0) as file:
            file.write(content[half:])
        os.utime(f"{out}/{name}.part", (0, 0))
        os.rename(f"{out}/{name}.part", f"{out}/{name}")
    if marker == "marker":
        open(f"{out}/{name}.ok", "wb").close()
"""
WRITERS = [
    ("posees", "held", "settled"),
    ("posees", "mapped", "settled"),
    ("posees", "renamed", "settled"),
    ("renommees", "renamed", "renamed"),
    ("marquees", "held", "marker"),
    ("marquees", "mapped", "marker"),
]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(tmp_path / "company")
    yield company
    company.kill_all()


def partner(company: Company, sheet: str) -> Path:
    """A folder partner of `sheet`; returns where it receives."""
    root = company.folder / f"partner-{sheet}"
    for name in ("in", "out"):
        (root / name).mkdir(parents=True)
    return root / "in"


def test_what_many_programs_drop_at_once_reaches_the_partner_once_and_whole(company: Company) -> None:
    ledger: dict[str, Counter[str]] = {}
    for code, (sheet, readiness) in enumerate({sheet: readiness for sheet, _, readiness in WRITERS}.items()):
        arrived = partner(company, sheet)
        company.sheet(
            sheet,
            {"protocol": "folder", "root": str(arrived.parent)},
            application_code=f"ABC12{code}",
            intake={"readiness": readiness, "settle": "500ms"},
        )
        ledger[sheet] = Counter()
    programs = []
    for number, (sheet, kind, readiness) in enumerate(WRITERS):
        source = company.folder / f"source-{number}"
        source.mkdir()
        for each in range(EACH):
            content = ubl_invoice(f"{sheet}-{number}-{each}", DAY, lines=1 + each % 5)
            (source / f"{kind}-{number}-{each}.xml").write_bytes(content)
            ledger[sheet][digest(content)] += 1
        arguments = [kind, str(company.out(sheet)), str(source), readiness]
        programs.append([sys.executable, "-c", WRITER, *arguments])
    daemon = company.run()
    running = [subprocess.Popen(program) for program in programs]
    assert [one.wait() for one in running] == [0] * len(running)
    company.wait_until_settled(EACH * len(WRITERS))
    for sheet, expected in ledger.items():
        arrived = contents(company.folder / f"partner-{sheet}" / "in")
        assert Counter(map(digest, arrived.values())) == expected
        assert company.left_in(sheet, "out") == company.left_in(sheet, "claimed") == []
        assert company.left_in(sheet, "rejected") == company.left_in(sheet, "duplicates") == []
    assert daemon.events("loop.fault") == []
    assert daemon.stop() == 0


def test_a_drop_folder_that_goes_away_is_told_once_and_taken_from_when_it_is_back(company: Company) -> None:
    arrived = partner(company, "posees")
    company.sheet("posees", {"protocol": "folder", "root": str(arrived.parent)})
    daemon = company.run()
    root = company.spool / "posees"
    root.rename(company.spool / "away")
    told = daemon.wait_for("intake.unusable")
    assert told["level"] == "error"
    assert "No such file or directory" in told["error"]
    (company.spool / "away").rename(root)
    daemon.wait_for("intake.usable")
    (root / "claimed").rmdir()
    company.drop("posees", "facture.xml", ubl_invoice("F-1", DAY))
    until(lambda: len(contents(arrived)) == 1, "the invoice arrived")
    assert len(daemon.events("intake.unusable")) == 1
    assert daemon.events("loop.fault") == []
    assert daemon.stop() == 0


def test_a_second_edid_on_the_same_spool_takes_nothing_twice(company: Company, tmp_path: Path) -> None:
    arrived = partner(company, "posees")
    transport = {"protocol": "folder", "root": str(arrived.parent)}
    other = Company(tmp_path / "other")
    other.configure(spool=str(company.spool))
    for code, one in (("ABC123", company), ("ABC124", other)):
        one.sheet("posees", transport, application_code=code)
    try:
        both = [one.run() for one in (company, other)]
        dropped = [ubl_invoice(f"F-{number}", DAY) for number in range(15)]
        for number, content in enumerate(dropped):
            company.drop("posees", f"{number}.xml", content)
        until(lambda: sum(company.files().values()) + sum(other.files().values()) >= 15, "all were taken")
        company.wait_until_settled(sum(company.files().values()))
        other.wait_until_settled(sum(other.files().values()))
        assert Counter(map(digest, contents(arrived).values())) == Counter(map(digest, dropped))
        assert [one.events("loop.fault") for one in both] == [[], []]
    finally:
        other.kill_all()
