"""The simulated platform: what it takes, what it refuses and why, what it remembers."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from edid.config.settings import Limits
from edid.errors import ConfigError
from edid.sandbox.invoices import Breakage, broken_invoice, cii_invoice, factur_x, ubl_invoice
from edid.sandbox.ledger import ACCEPTED, ANSWERED, PURGED, RECEIVED, REFUSED
from edid.sandbox.platform import SandboxPlatform
from edid.sandbox.scenarios import Scenario

DAY = date(2026, 9, 15)
NONE = timedelta(0)


def flow(sequence: int, interface: str = "FSO1100A", application: str = "AAA123") -> str:
    return f"{interface}_{application}_{application}{interface[3:7]}{sequence:015d}"


def platform(root: Path, scenario: Scenario = Scenario.ALL_INTEGRATED, **settings: object) -> SandboxPlatform:
    options = {"settle": NONE, "delay": NONE, **settings}
    return SandboxPlatform(root, scenario, **options)


def deposit(root: Path, name: str, content: bytes) -> Path:
    (root / "in").mkdir(exist_ok=True)
    path = root / "in" / name
    path.write_bytes(content)
    return path


def package(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members:
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return packed.getvalue()


def members(count: int) -> list[tuple[str, bytes]]:
    return [(f"{flow(900 + place)}.xml", ubl_invoice(f"F-{place}", DAY)) for place in range(count)]


def codes(played: SandboxPlatform) -> list[list[str]]:
    return [[fault["code"] for fault in event["faults"]] for event in played.ledger.events(REFUSED)]


def out(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "out").iterdir())


def test_an_invoice_is_taken_kept_and_witnessed(tmp_path):
    invoice = ubl_invoice("F-1", DAY)
    deposit(tmp_path, flow(1), invoice)
    played = platform(tmp_path)
    played.step()
    received, accepted = played.ledger.events(RECEIVED), played.ledger.events(ACCEPTED)
    assert [event["flow"] for event in received] == ["AAA1231100000000000000001"]
    assert received[0]["sha256"] == hashlib.sha256(invoice).hexdigest()
    assert accepted[0]["documents"] == [
        {
            "kind": "ubl-invoice",
            "number": "F-1",
            "seller": "000108423",
            "buyer": accepted[0]["documents"][0]["buyer"],
            "issued": "2026-09-15",
            "fate": "integrated",
        }
    ]
    assert list((tmp_path / "in").iterdir()) == []
    (kept,) = (tmp_path / ".sandbox" / "accepted").iterdir()
    assert kept.name.endswith(f"Z_{flow(1)}")
    assert kept.read_bytes() == invoice


@pytest.mark.parametrize(
    ("interface", "content"),
    [
        ("FSO1100A", ubl_invoice("F-1", DAY)),
        ("FSO1106A", cii_invoice("F-1", DAY)),
        ("FSO1116A", cii_invoice("F-1", DAY)),
        ("FSO1117A", factur_x("F-1", DAY)),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_syntax_is_accepted_under_its_interface(tmp_path, interface, content, packed):
    extension = "pdf" if content.startswith(b"%PDF") else "xml"
    wrapped = package((f"{flow(9, interface)}.{extension}", content)) if packed else content
    deposit(tmp_path, flow(1, interface), wrapped)
    played = platform(tmp_path)
    played.step()
    assert codes(played) == []
    assert f"C{interface[1:]}_AAA123_CPP001{interface[3:7]}000000000000001" in out(tmp_path)


@pytest.mark.parametrize("extension", ["", ".xml"])
def test_a_name_may_keep_its_extension(tmp_path, extension):
    deposit(tmp_path, flow(1) + extension, ubl_invoice("F-1", DAY))
    played = platform(tmp_path, extension=extension)
    played.step()
    assert codes(played) == []
    assert f"CSO1100A_AAA123_CPP0011100000000000000001{extension}" in out(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("facture.xml", b"<x/>", "IRR_FORM"),
        ("FSO1100A_AAA123_AAA1231106000000000000001", b"<x/>", "IRR_FORM"),
        ("FSO1100A_AAA123_AAA1231100000000001", b"<x/>", "IRR_FORM"),
        (flow(0), b"<x/>", "IRR_FORM"),
        ("FSO1100A_AAA123_BBB1231100000000000000001", b"<x/>", "IRR_CODE_APP"),
        (flow(1, application="ZZZ999"), b"<x/>", "IRR_CODE_APP"),
        (flow(1, "FSO9999A"), b"<x/>", "IRR_CODE_INTER"),
        (flow(1, "FSO1101A"), b"<x/>", "IRR_CODE_INTER"),
        (flow(1, "FSO1106A"), cii_invoice("F-1", DAY), "IRR_TYPE"),
        (flow(1), b"", "IRR_VIDE"),
        (flow(1), b"x" * 100_001, "IRR_TAILLE"),
        (flow(1), b"\x1f\x8b" + b"rubbish" * 9, "IRR_EXTRAC"),
        (flow(1), package(("a#b.xml", ubl_invoice("F-1", DAY))), "IRR_NOM_F"),
        (flow(1), package(("invoice.exe", ubl_invoice("F-1", DAY))), "IRR_NOM_F"),
        (flow(1), package(*members(4)), "IRR_TAILLE"),
        (flow(1), cii_invoice("F-1", DAY), "IRR_TYPE_F"),
        (flow(1), factur_x("F-1", DAY), "IRR_TYPE_F"),
        (flow(1), broken_invoice(Breakage.TRUNCATED), "IRR_SYNTAX"),
        (flow(1), broken_invoice(Breakage.DOCTYPE), "IRR_SYNTAX"),
        (flow(1), broken_invoice(Breakage.MISPLACED), "IRR_SYNTAX"),
        (
            flow(1),
            package(("good.xml", ubl_invoice("F-1", DAY)), ("bad.xml", broken_invoice("bad-date"))),
            "IRR_SYNTAX",
        ),
        (flow(1), package(("empty.xml", b"")), "IRR_VIDE_F"),
    ],
)
def test_what_is_wrong_is_refused_with_its_code_and_kept(tmp_path, name, content, code):
    deposit(tmp_path, name, content)
    played = platform(
        tmp_path,
        accounts={"AAA123": ["FSO1100A"], "BBB123": None},
        limits=Limits(flow_size=100_000, flow_documents=3),
    )
    played.step()
    assert set(codes(played)[0]) == {code}
    (kept,) = (tmp_path / ".sandbox" / "refused").iterdir()
    assert kept.read_bytes() == content
    assert list((tmp_path / "in").iterdir()) == []


@given(
    name=st.sampled_from(["x", flow(1), flow(2) + ".xml", flow(3) + ".tar.gz", flow(4, "FSO1301A")])
    | st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=50).filter(
        lambda name: name not in {".", ".."}
    ),
    content=st.binary(max_size=200) | st.sampled_from([b"<x", b"PK\x03\x04", b"%PDF-1.7", b"<CPPStatut/>"]),
)
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_deposited_stops_the_platform(name, content):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        deposit(root, name, content)
        played = platform(root)
        played.step()
        assert played.ledger.events(ACCEPTED) == []
        assert (root / "in" / name).exists() or played.ledger.events(REFUSED)


def test_a_refusal_is_reported_with_its_details(tmp_path):
    deposit(tmp_path, flow(1), broken_invoice(Breakage.BAD_DATE))
    platform(tmp_path).step()
    (name,) = out(tmp_path)
    assert name == "CSO1100A_AAA123_CPP0011100000000000000001"
    report = etree.parse(str(tmp_path / "out" / name))
    assert report.findtext(".//IdStatut") == "93"
    assert report.findtext(".//IdFlux") == "AAA1231100000000000000001"
    assert report.findtext(".//CodeErreur") == "IRR_SYNTAX"
    assert "ligne" in (report.findtext(".//DescriptionErreur") or "")


def test_nobody_is_told_of_a_file_whose_name_says_nothing(tmp_path):
    deposit(tmp_path, "facture.xml", ubl_invoice("F-1", DAY))
    platform(tmp_path).step()
    assert out(tmp_path) == []


def test_a_flow_received_before_is_refused_even_after_a_restart(tmp_path):
    deposit(tmp_path, flow(1), ubl_invoice("F-1", DAY))
    platform(tmp_path).step()
    deposit(tmp_path, flow(1), ubl_invoice("F-2", DAY))
    again = platform(tmp_path)
    again.step()
    assert codes(again) == [["IRR_UNCITE"]]
    assert len(again.ledger.events(ACCEPTED)) == 1


def test_a_refused_flow_has_used_its_identifier_too(tmp_path):
    for content in (broken_invoice(Breakage.BAD_DATE), ubl_invoice("F-1", DAY)):
        deposit(tmp_path, flow(1), content)
        played = platform(tmp_path)
        played.step()
    assert codes(played)[-1] == ["IRR_UNCITE"]


@pytest.mark.parametrize("name", [".FLOW", "x.part", flow(1) + ".part", flow(1) + ".tmp", flow(1) + ".wip"])
def test_a_temporary_name_is_left_alone(tmp_path, name):
    path = deposit(tmp_path, name, ubl_invoice("F-1", DAY))
    played = platform(tmp_path)
    played.step()
    assert path.exists()
    assert played.ledger.events() == []


def test_a_marker_is_swept_away_once_its_flow_is_taken(tmp_path):
    marker = deposit(tmp_path, flow(1) + ".ok", b"")
    played = platform(tmp_path)
    played.step()
    assert marker.exists()
    deposit(tmp_path, flow(1), ubl_invoice("F-1", DAY))
    played.step()
    played.step()
    assert list((tmp_path / "in").iterdir()) == []
    assert codes(played) == []


def test_symlinks_and_folders_are_left_alone(tmp_path):
    (tmp_path / "secret").write_bytes(ubl_invoice("F-1", DAY))
    (tmp_path / "in" / flow(2)).mkdir(parents=True)
    (tmp_path / "in" / flow(1)).symlink_to(tmp_path / "secret")
    played = platform(tmp_path)
    played.step()
    assert played.ledger.events() == []


def test_a_deposit_that_is_being_written_waits(tmp_path):
    deposit(tmp_path, flow(1), ubl_invoice("F-1", DAY))
    writing = {flow(1)}
    played = platform(tmp_path, being_written=writing.__contains__)
    played.step()
    assert played.ledger.events(RECEIVED) == []
    writing.clear()
    played.step()
    assert len(played.ledger.events(RECEIVED)) == 1


def test_a_deposit_waits_until_it_is_settled(tmp_path):
    deposit(tmp_path, flow(1), ubl_invoice("F-1", DAY))
    time = [datetime.now(UTC)]
    played = platform(tmp_path, settle=timedelta(seconds=5), clock=lambda: time[0])
    played.step()
    assert played.ledger.events(RECEIVED) == []
    time[0] += timedelta(seconds=6)
    played.step()
    assert len(played.ledger.events(RECEIVED)) == 1


def test_offered_files_are_purged_after_a_week(tmp_path):
    deposit(tmp_path, flow(1), ubl_invoice("F-1", DAY))
    time = [datetime.now(UTC)]
    played = platform(tmp_path, clock=lambda: time[0])
    played.step()
    assert len(out(tmp_path)) == 4
    time[0] += timedelta(days=6)
    played.step()
    assert len(out(tmp_path)) == 4
    time[0] += timedelta(days=1, minutes=1)
    played.step()
    assert out(tmp_path) == []
    assert len(played.ledger.events(PURGED)) == 4


def test_answers_that_wait_survive_a_restart(tmp_path):
    deposit(tmp_path, flow(1), ubl_invoice("F-1", DAY))
    start = datetime.now(UTC)
    platform(tmp_path, delay=timedelta(hours=1), clock=lambda: start).step()
    assert out(tmp_path) == []
    again = platform(tmp_path, clock=lambda: start + timedelta(hours=2, minutes=1))
    again.step()
    assert [event["name"][:8] for event in again.ledger.events(ANSWERED)] == ["CSO1100A", "FEN1200A"]
    assert {event["about"] for event in again.ledger.events(ANSWERED)} == {flow(1)}


def test_a_step_that_was_interrupted_is_repeated(tmp_path):
    played = platform(tmp_path)
    (tmp_path / ".sandbox" / "taken" / flow(1)).write_bytes(ubl_invoice("F-1", DAY))
    played.step()
    assert len(played.ledger.events(ACCEPTED)) == 1


def test_a_step_interrupted_after_the_ledger_is_not_repeated(tmp_path):
    deposit(tmp_path, flow(1), ubl_invoice("F-1", DAY))
    played = platform(tmp_path)
    played.step()
    (kept,) = (tmp_path / ".sandbox" / "accepted").iterdir()
    kept.rename(tmp_path / ".sandbox" / "taken" / flow(1))
    platform(tmp_path).step()
    assert len(played.ledger.events(RECEIVED)) == 1
    assert len(list((tmp_path / ".sandbox" / "accepted").iterdir())) == 1


def test_a_torn_last_line_of_the_ledger_is_dropped(tmp_path):
    deposit(tmp_path, flow(1), ubl_invoice("F-1", DAY))
    played = platform(tmp_path)
    played.step()
    with played.ledger.path.open("ab") as file:
        file.write(b'{"at": "2026')
    deposit(tmp_path, flow(2), ubl_invoice("F-2", DAY))
    again = platform(tmp_path)
    again.step()
    lines = again.ledger.path.read_text().splitlines()
    assert len([json.loads(line) for line in lines]) == len(again.ledger.events())
    assert len(again.ledger.events(RECEIVED)) == 2


def test_accounts_of_circuits_that_are_not_played_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="does not play FSO3110A"):
        platform(tmp_path, accounts={"AAA123": ["FSO3110A"]})
    with pytest.raises(ConfigError, match="FSO110A"):
        platform(tmp_path, accounts={"AAA123": ["FSO110A"]})


def test_the_thread_works_with_the_server(serve, login, root, eventually):
    server = serve()
    with SandboxPlatform(root, being_written=server.being_written, delay=timedelta(milliseconds=1)) as played:
        client = login(server)
        with client.open(f"in/{flow(1)}.part", "wb") as file:
            file.write(ubl_invoice("F-1", DAY))
        client.rename(f"in/{flow(1)}.part", f"in/{flow(1)}")
        with client.open(f"in/{flow(2)}", "wb") as file:
            file.write(ubl_invoice("F-2", DAY))
        assert client.stat(f"in/{flow(2)}").st_size == len(ubl_invoice("F-2", DAY))
        eventually(lambda: len(client.listdir("out")) == 8)
        assert codes(played) == []
        assert len(played.ledger.events(ANSWERED)) == 8


def test_two_hundred_flows_are_taken_in_one_step_in_seconds(tmp_path):
    for number in range(1, 201):
        deposit(tmp_path, flow(number), ubl_invoice(f"F-{number}", DAY))
    played = platform(tmp_path)
    begun = datetime.now(UTC)
    played.step()
    assert len(played.ledger.events(ACCEPTED)) == 200
    assert len(out(tmp_path)) == 800
    assert datetime.now(UTC) - begun < timedelta(seconds=20)
