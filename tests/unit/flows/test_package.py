from __future__ import annotations

import hashlib
import os
import random
import tarfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edid.documents.kinds import Kind
from edid.errors import PermanentError, RefusedInputError
from edid.flows.names import build, parse_lenient
from edid.flows.package import member_bytes, member_name, pack, packed_bound, wire_name

NAME = build("FSO1116A", "ABC123", 42)


def invoices(folder: Path, *bodies: bytes) -> list[tuple[str, Path]]:
    members = []
    for number, body in enumerate(bodies, start=1):
        path = folder / f"dropped {number}"
        path.write_bytes(body)
        members.append((member_name("FSO1116A", "ABC123", number, Kind.CII), path))
    return members


def test_the_package_holds_every_document_under_its_name_in_order(tmp_path):
    members = invoices(tmp_path, b"<a/>", b"", b"<c/>" * 1000)
    pack(members, tmp_path / "flow")
    with tarfile.open(tmp_path / "flow", "r:gz") as archive:
        assert archive.getnames() == [name for name, _ in members]
        for name, path in members:
            assert archive.extractfile(name).read() == path.read_bytes()


def test_the_same_documents_give_the_same_bytes_whatever_the_files_look_like(tmp_path):
    digests = set()
    for run, (mode, time) in enumerate([(0o600, 0), (0o777, 1_700_000_000), (0o444, 2_000_000_000)]):
        folder = tmp_path / f"run{run}"
        folder.mkdir()
        members = invoices(folder, b"<a/>", b"<b/>")
        for _, path in members:
            path.chmod(mode)
            os.utime(path, (time, time))
        pack(members, folder / f"flow{run}")
        digests.add(hashlib.sha256((folder / f"flow{run}").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_nothing_of_this_machine_is_in_the_package(tmp_path):
    pack(invoices(tmp_path, b"<a/>"), tmp_path / "flow")
    data = (tmp_path / "flow").read_bytes()
    assert data[3] == 0, "the gzip header names no file"
    assert data[4:8] == bytes(4), "the gzip header has no time"
    with tarfile.open(tmp_path / "flow", "r:gz") as archive:
        (member,) = archive.getmembers()
    assert (member.mtime, member.uid, member.gid, member.uname, member.gname, member.mode) == (
        0, 0, 0, "", "", 0o644,
    )  # fmt: skip


def test_a_large_document_is_streamed(tmp_path):
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(40_000_000)
    tracemalloc.start()
    try:
        pack([("big.xml", big)], tmp_path / "flow")
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_a_failure_leaves_no_half_written_package(tmp_path):
    members = [*invoices(tmp_path, b"<a/>"), ("gone.xml", tmp_path / "gone")]
    with pytest.raises(FileNotFoundError):
        pack(members, tmp_path / "flow")
    assert not (tmp_path / "flow").exists()


def test_an_existing_file_is_never_overwritten(tmp_path):
    (tmp_path / "flow").write_bytes(b"kept")
    with pytest.raises(FileExistsError):
        pack(invoices(tmp_path, b"<a/>"), tmp_path / "flow")
    assert (tmp_path / "flow").read_bytes() == b"kept"


@pytest.mark.parametrize("name", ["", "../x.xml", "a/b.xml", ".hidden", "/etc/passwd", "x\n", "x" * 101, "é"])
def test_a_member_name_that_is_not_plain_is_refused(tmp_path, name):
    with pytest.raises(PermanentError):
        pack([(name, tmp_path / "any")], tmp_path / "flow")


def test_a_package_of_nothing_and_a_name_used_twice_are_refused(tmp_path):
    with pytest.raises(PermanentError):
        pack([], tmp_path / "flow")
    (member,) = invoices(tmp_path, b"<a/>")
    with pytest.raises(PermanentError):
        pack([member, member], tmp_path / "flow")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=6), st.integers())
def test_a_package_never_exceeds_the_bound_even_of_bytes_that_do_not_shrink(tmp_path, sizes, seed):
    noise = random.Random(seed)
    members = invoices(tmp_path, *(noise.randbytes(size) for size in sizes))
    target = tmp_path / "flow"
    target.unlink(missing_ok=True)
    pack(members, target)
    assert target.stat().st_size <= packed_bound(sum(member_bytes(size) for size in sizes))


def test_a_member_is_named_like_a_flow_and_keeps_its_extension():
    assert member_name("FSO1116A", "ABC123", 7, Kind.CII) == f"{build('FSO1116A', 'ABC123', 7)}.xml"
    assert member_name("FSO1117A", "ABC123", 7, Kind.FACTUR_X) == f"{build('FSO1117A', 'ABC123', 7)}.pdf"
    with pytest.raises(RefusedInputError):
        member_name("FSO1117A", "ABC123", 0, Kind.FACTUR_X)


@pytest.mark.parametrize(
    ("kind", "packed", "strip", "extension"),
    [
        (Kind.CII, False, True, ""),
        (Kind.CII, True, True, ""),
        (Kind.FACTUR_X, False, True, ""),
        (Kind.CII, False, False, ".xml"),
        (Kind.CPP_STATUT, False, False, ".xml"),
        (Kind.FACTUR_X, False, False, ".pdf"),
        (Kind.CII, True, False, ".tar.gz"),
        (Kind.FACTUR_X, True, False, ".tar.gz"),
    ],
)
def test_the_sheet_decides_whether_the_extension_travels(kind, packed, strip, extension):
    assert wire_name(NAME, kind, packed=packed, strip_extension=strip) == NAME + extension


def test_members_of_the_published_sample_flow_have_names_that_we_read(corpus):
    with tarfile.open(corpus / "chorus" / "cii" / "FSO1116A_P100.tar.gz") as archive:
        names = [parse_lenient(name) for name in archive.getnames()]
    assert [name and (name.interface, name.extension, name.deviant) for name in names] == [
        ("FSO1116A", ".xml", True)
    ] * 2
