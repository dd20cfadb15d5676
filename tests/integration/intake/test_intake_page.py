"""docs/intake.md names every refusal and every reason in the words that edid uses."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from edid.intake import claim, overlooked, scan
from tests.integration.intake.house import TakingHouse

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def page() -> str:
    return (PROJECT / "docs" / "intake.md").read_text()


def test_every_test_that_the_page_names_is_there(page: str) -> None:
    linked = set(re.findall(r"\]\(\.\./(tests/[^)]+)\)", page))
    assert len(linked) > 5
    assert [path for path in linked if not (PROJECT / path).is_file()] == []
    here = (PROJECT / "tests/integration/intake/test_slow_writers.py").read_text()
    named = re.findall(r"`(test_\w+)`", page)
    assert named
    assert [name for name in named if f"def {name}(" not in here] == []


def test_every_reason_to_wait_stands_on_the_page(page: str) -> None:
    said = "".join(Path(str(module.__file__)).read_text() for module in (scan, overlooked))
    reasons = re.findall(r'(?:_leave|_left)\([^")]*f?"([^"]+)"', said)
    assert len(reasons) >= 11
    for reason in reasons:
        words = ".+".join(map(re.escape, re.split(r"\{[^}]+\}", reason)))
        assert re.search(rf"^\| it {words} \|", page, re.MULTILINE), reason


def test_every_code_of_a_refusal_stands_on_the_page(page: str) -> None:
    taking = (PROJECT / "edid" / "exchange" / "taking.py").read_text()
    codes = set(re.findall(r'code="(\w+)"', Path(str(claim.__file__)).read_text() + taking))
    assert codes == set(re.findall(r"^\| `((?:EDID|IRR)_\w+)` \|", page, re.MULTILINE))


def test_the_notes_say_what_the_page_says(page: str, desk: Callable[..., TakingHouse]) -> None:
    here = desk(readiness="renamed")
    (here.out / "link.xml").symlink_to("nowhere")
    (here.out / "nothing.xml").touch()
    (here.out / ".large.xml").write_bytes(b"x" * 1_000_001)
    (here.out / ".large.xml").rename(here.out / "large.xml")
    here.wait(6, look_every=3)
    for row in here.rows():
        code, _, message = row.reason.partition(": ")
        quoted = re.sub(r"\d+", "N", message.replace(row.name, "NAME")).split(",")[0]
        assert quoted in page, message
        note = (here.folders.rejected / f"{row.name}.verdict.txt").read_text()
        assert code in note
    assert len(here.rows()) == 3
