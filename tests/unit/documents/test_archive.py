from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile

import pytest

from edid.config.settings import Limits
from edid.documents.archive import unpack

TWO = (("one.xml", b"<a/>"), ("folder/two.xml", b"<b/>"))


def tarred(*members: tuple[str, bytes], **changes: object) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=changes.pop("format", tarfile.PAX_FORMAT)) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            for key, value in changes.items():
                setattr(entry, key, value)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def zip_entry(name: str, content: bytes = b"<a/>", **changes: object) -> bytes:
    target = io.BytesIO()
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    for key, value in changes.items():
        setattr(entry, key, value)
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(entry, content)
    return target.getvalue()


@pytest.mark.parametrize("pack", ["tar", "ustar", "gnu", "tar.gz", "zip"])
def test_members_come_in_order_under_names_of_our_own(drop, work, limits, zipped, pack):
    data = {
        "tar": tarred(*TWO),
        "ustar": tarred(*TWO, format=tarfile.USTAR_FORMAT),
        "gnu": tarred(*TWO, format=tarfile.GNU_FORMAT),
        "tar.gz": gzip.compress(tarred(*TWO)),
        "zip": zipped(*TWO),
    }[pack]
    members = unpack(drop(data), work, limits)
    assert [(it.name, it.path.name, it.size) for it in members] == [
        ("one.xml", "0001", 4),
        ("folder/two.xml", "0002", 4),
    ]
    assert [it.path.read_bytes() for it in members] == [b"<a/>", b"<b/>"]
    assert sorted(it.name for it in work.iterdir()) == ["0001", "0002"]


def test_a_gzip_of_one_document_has_one_member(drop, work, limits):
    (member,) = unpack(drop(gzip.compress(b"<a/>")), work, limits)
    assert member.path.read_bytes() == b"<a/>"


def test_folders_are_passed_over(drop, work, limits, zipped):
    assert len(unpack(drop(zipped(("d/", b""), ("d/a.xml", b"<a/>"))), work, limits)) == 1


@pytest.mark.parametrize("data", [tarred(), gzip.compress(tarred()), zip_entry("d/", b"")])
def test_an_archive_without_files_is_refused_as_empty(drop, work, limits, refused, data):
    assert refused(unpack, drop(data), work, limits).code == "IRR_VIDE"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_links_and_devices_are_refused(drop, work, limits, refused, kind):
    error = refused(unpack, drop(tarred(("a.xml", b""), type=kind, linkname="/etc/passwd")), work, limits)
    assert error.code == "IRR_EXTRAC"
    assert not list(work.iterdir())


def test_a_link_in_a_zip_is_refused(drop, work, limits, refused):
    data = zip_entry("a.xml", b"/etc/passwd", external_attr=0o120777 << 16)
    assert refused(unpack, drop(data), work, limits).code == "IRR_EXTRAC"


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "..", "\\x", "C:x", "a\\..\\x"])
def test_a_name_that_leaves_the_folder_is_refused(drop, work, limits, refused, name):
    for data in (tarred((name, b"<a/>")), zip_entry(name)):
        error = refused(unpack, drop(data), work, limits)
        assert error.code == "IRR_EXTRAC"
        assert "leaves" in error.message
    assert sorted(it.name for it in work.parent.iterdir()) == ["dropped", "work"]


def test_an_archive_in_an_archive_is_refused(drop, work, limits, refused, zipped):
    for inner in (tarred(*TWO), zipped(*TWO), gzip.compress(b"<a/>")):
        for data in (tarred(("a.xml", inner)), zip_entry("b.xml", inner), gzip.compress(inner)):
            if data[:2] == b"\x1f\x8b" and inner[257:262] == b"ustar":
                continue  # that is a plain tar.gz
            error = refused(unpack, drop(data), work, limits)
            assert error.code == "IRR_EXTRAC"
            for path in work.iterdir():
                path.unlink()


def test_too_many_members_are_refused(drop, work, refused, zipped):
    limits = Limits(flow_documents=1)
    for data in (tarred(*TWO), zipped(*TWO)):
        assert refused(unpack, drop(data), work, limits).code == "IRR_TAILLE"
        (work / "0001").unlink()


@pytest.mark.parametrize("pack", [tarred, lambda *it: gzip.compress(tarred(*it)), lambda it: zip_entry(*it)])
def test_a_member_above_the_document_limit_is_refused_and_leaves_nothing(drop, work, refused, pack):
    error = refused(unpack, drop(pack(("a.xml", b"x" * 1001))), work, Limits(document_size=1000))
    assert error.code == "IRR_TAILLE_F"
    assert not list(work.iterdir())


def test_members_that_are_too_much_together_are_refused(drop, work, refused):
    data = tarred(("a", b"x" * 600), ("b", b"x" * 600))
    assert refused(unpack, drop(data), work, Limits(unpacked_size=1000)).code == "IRR_TAILLE"


def test_a_bomb_is_refused_by_its_ratio(drop, work, limits, refused):
    zeros = bytes(40 * 1000**2)
    for data in (gzip.compress(b"<a>" + zeros), zip_entry("a.xml", b"<a>" + zeros)):
        error = refused(unpack, drop(data), work, limits)
        assert error.code == "IRR_EXTRAC"
        assert "500 times" in error.message
        assert not list(work.iterdir())


def test_headers_without_end_are_refused_before_they_fill_the_memory(drop, work, limits, refused):
    entry = tarfile.TarInfo("x")
    entry.type = tarfile.GNUTYPE_LONGNAME
    entry.size = 50 * 1000**2
    data = gzip.compress(entry.tobuf(tarfile.GNU_FORMAT) + b"n" * entry.size)
    assert refused(unpack, drop(data), work, limits).code == "IRR_EXTRAC"


def test_a_zip_whose_directory_is_endless_is_refused_unread(drop, work, limits, refused):
    directory = b"PK\x01\x02" * 1_000_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 4, 0)
    assert refused(unpack, drop(b"PK\x03\x04" + directory + end), work, limits).code == "IRR_EXTRAC"


def test_an_encrypted_zip_is_refused(drop, work, limits, refused):
    data = bytearray(zip_entry("a.xml"))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refused(unpack, drop(bytes(data)), work, limits).message


def test_an_archive_cut_short_is_refused_wherever_the_cut(drop, work, limits, refused, zipped):
    plain = tarred(*TWO)
    content = plain.rstrip(b"\x00")
    for whole, step in ((content, 97), (gzip.compress(plain), 5), (zipped(*TWO), 5)):
        for length in range(4, len(whole), step):
            if whole is content and length < 262:
                continue  # not yet to be told from other binary data
            error = refused(unpack, drop(whole[:length]), work, limits)
            assert error.code == "IRR_EXTRAC"
            for path in work.iterdir():
                path.unlink()


def test_a_tar_without_its_end_mark_is_refused(drop, work, limits, refused):
    assert refused(unpack, drop(tarred(*TWO)[: 4 * 512]), work, limits).code == "IRR_EXTRAC"


def test_a_name_that_cannot_be_printed_is_shown_all_the_same(drop, work, limits):
    (member,) = unpack(drop(tarred(("a\udcff\n.xml", b"<a/>"), format=tarfile.GNU_FORMAT)), work, limits)
    assert member.name == "a\ufffd\ufffd.xml"
    member.name.encode()


def test_nothing_that_is_there_already_is_overwritten(drop, work, limits):
    (work / "0001").symlink_to(work.parent / "outside")
    with pytest.raises(FileExistsError):
        unpack(drop(tarred(*TWO)), work, limits)
    assert not (work.parent / "outside").exists()
