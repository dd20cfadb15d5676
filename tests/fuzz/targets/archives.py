"""Archives: tar, tar.gz, gz and zip, and the list of names of a zip in memory."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

from edid.documents.particulars import zip_names
from edid.flows import package
from tests.fuzz.mutation import either, gzipped, plain_bytes, tar, zipped
from tests.fuzz.target import Target, desk
from tests.fuzz.targets.readings import read_or_refused

_MEMBERS = (("a.xml", b"<a>" + b"x" * 600 + b"</a>"), ("d/é.xml", b"<b/>"), ("c" * 120 + ".pdf", b"%PDF-1.4"))


def _unpacked(data: bytes) -> None:
    reading = read_or_refused(data)
    if reading is None or not reading.members:
        return
    # What was taken apart can be packed again, and comes out the same.
    at = desk()
    again = at.work / "again.tar.gz"
    named = [(f"{place:04d}.xml", member.path) for place, member in enumerate(reading.members)]
    package.pack(named, again)
    bound = package.packed_bound(sum(package.member_bytes(member.size) for member in reading.members))
    assert again.stat().st_size <= bound


def _listed(data: bytes) -> None:
    names = zip_names.read(data)
    assert names is None or len(names) <= zip_names.LISTED
    assert names is None or all(not name.endswith("/") for name in names)
    _unpacked(data)


def _tar(form: int) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as archive:
        for name, content in _MEMBERS[: 2 if form == tarfile.USTAR_FORMAT else 3]:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()[:8192]


def _tars() -> tuple[bytes, ...]:
    return tuple(_tar(form) for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT))


def _packed_tars() -> tuple[bytes, ...]:
    return (*(gzip.compress(data, mtime=0) for data in _tars()), gzip.compress(b"<a/>", mtime=0))


def _zips() -> tuple[bytes, ...]:
    made = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", method) as archive:
            for name, content in _MEMBERS:
                archive.writestr(zipfile.ZipInfo(name), content, method)
        made.append(target.getvalue())
    return tuple(made)


TARGETS = (
    Target("tar", _unpacked, _tars, either(tar, tar, plain_bytes), weight=1),
    Target("tar.gz", _unpacked, _packed_tars, either(gzipped(either(tar, plain_bytes)), plain_bytes), weight=1),
    Target("zip", _listed, _zips, either(zipped, plain_bytes), weight=1),
)
