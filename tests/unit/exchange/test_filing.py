from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path, PurePosixPath

import pytest

from edid.config.filing import Filing
from edid.documents.kinds import Facts
from edid.exchange.filing import Origin, file_invoice, file_return, withdraw_invoice
from edid.routing.filing import Naming

DAY = date(2026, 11, 23)
FACTS = Facts(number="R-1", seller_id="73282932000074")


def place(facts: Facts = FACTS) -> Callable[[str], PurePosixPath]:
    naming = Naming(Filing(), "recepteur", DAY)
    return lambda copy: naming.folder(facts, copy=copy)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"bytes")
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def _invoice(root: Path, source: Path, origin: Origin, *names: str, facts: Facts = FACTS) -> Path:
    files = [(name, source) for name in names]
    return root / file_invoice(root, place(facts), origin, files=files, note={"kind": "test"})


def test_an_invoice_appears_with_its_files_and_its_note(root: Path, source: Path) -> None:
    folder = _invoice(root, source, Origin(1, "F", 2), "a.pdf")
    assert folder == root / "2026-11-23" / "732829320_R-1"
    assert (folder / "a.pdf").read_bytes() == b"bytes"
    assert json.loads((folder / "facts.json").read_text()) == {
        "origin": {"flow_id": 1, "flow": "F", "position": 2},
        "kind": "test",
    }
    assert [path.name for path in root.iterdir()] == ["2026-11-23"], "nothing half-built is left"


def test_the_same_item_replaces_itself_and_another_stands_beside_it(root: Path, source: Path) -> None:
    first = _invoice(root, source, Origin(1, "F", 1), "old.pdf")
    assert _invoice(root, source, Origin(1, "F", 1), "new.pdf") == first
    assert {path.name for path in first.iterdir()} == {"new.pdf", "facts.json"}
    assert _invoice(root, source, Origin(1, "F", 2)) == first.with_name(f"{first.name}_2")


def test_what_belongs_elsewhere_now_is_withdrawn_and_what_others_filed_stays(root: Path, source: Path) -> None:
    first = _invoice(root, source, Origin(1, "F", 1), "a.pdf")
    second = _invoice(root, source, Origin(2, "F", 1), "a.pdf")
    withdraw_invoice(root, place(), Origin(2, "F", 1))
    withdraw_invoice(root, place(), Origin(3, "F", 1))
    assert first.is_dir()
    assert not second.exists()
    assert [path.name for path in root.iterdir()] == ["2026-11-23"]
    withdraw_invoice(root / "not there", place(), Origin(1, "F", 1))


def test_small_files_stand_beside_the_note(root: Path, source: Path) -> None:
    made = file_invoice(
        root, place(), Origin(1, "F", 1), files=[("a.pdf", source)], note={}, texts={"verdict.json": "{}\n"}
    )
    assert {path.name for path in (root / made).iterdir()} == {"a.pdf", "facts.json", "verdict.json"}
    assert (root / made / "verdict.json").read_text() == "{}\n"


def test_very_many_invoices_of_one_name_need_no_counting(root: Path, source: Path) -> None:
    folders = [_invoice(root, source, Origin(5, "F", number), facts=Facts()) for number in range(1, 31)]
    assert len(set(folders)) == 30
    assert folders[-1].name == "unknown-supplier_without-number_5-30"
    assert _invoice(root, source, Origin(5, "F", 30), facts=Facts()) == folders[-1]


@pytest.mark.parametrize("name", ["../x", "a/b", "facts.json", "FACTS.json", "verdict.txt", ".", "..", "", "a\0b"])
def test_a_name_that_is_not_plain_is_no_file_name(root: Path, source: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name for a filed file"):
        _invoice(root, source, Origin(1, "F", 1), name)


def test_a_return_stands_with_its_note_and_replaces_itself(root: Path, source: Path) -> None:
    target = file_return(root / "d" / "returns", "CSO.xml", source, Origin(1, "F", 1), {"kind": "x"})
    assert target.read_bytes() == b"bytes"
    assert json.loads((target.parent / "CSO.xml.json").read_text())["kind"] == "x"
    assert file_return(target.parent, "CSO.xml", source, Origin(1, "F", 1), {}) == target
    assert file_return(target.parent, "CSO.xml", source, Origin(2, "F", 1), {}).name == "CSO.xml_2"


@pytest.mark.parametrize("content", [b"[]", b"null", b"\xff", b'{"origin": 1}', b"text"])
def test_a_file_that_bears_the_name_of_a_note_is_not_written_over(root: Path, source: Path, content: bytes) -> None:
    other = root / "other"
    other.write_bytes(content)
    first = file_return(root, "x.json", other, Origin(1, "x.json", 1), {})
    second = file_return(root, "x", source, Origin(2, "x", 1), {})
    assert first.read_bytes() == content
    assert second.name == "x_2"


def test_what_somebody_else_put_there_stays(root: Path, source: Path) -> None:
    (root / "A").mkdir()
    (root / "B").symlink_to("/nowhere")
    (root / "C.json").mkdir()
    for name in "ABC":
        assert file_return(root, name, source, Origin(1, "F", 1), {}).name == f"{name}_2"


def test_hostile_names_of_flows_stay_in_the_folder(root: Path, source: Path) -> None:
    for name in ("../../x", "/etc/passwd", "..", "N" * 5000):
        target = file_return(root / "d", name, source, Origin(1, name, 1), {})
        assert target.parent == root / "d"
