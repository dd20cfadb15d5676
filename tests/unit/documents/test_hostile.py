"""Bytes changed at random: a file is read or refused, and nothing happens outside the work folder."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edid.config.settings import Limits
from edid.documents.reading import read
from edid.errors import RefusedInputError

LIMITS = Limits(document_size=1_000_000, unpacked_size=2_000_000, attachment_size=100_000, flow_documents=5)

Mutation = tuple[float, bytes, int]
mutations = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4), st.integers(0, 40)), min_size=1, max_size=6
)


def mutated(data: bytes, changes: list[Mutation]) -> bytes:
    """Replace, insert or remove a few bytes at each place."""
    for place, new, removed in changes:
        at = int(place * len(data))
        data = data[:at] + new + data[at + removed :]
    return data


def tar(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


class Seeds(dict[str, bytes]):
    """Named files to start from, too long to be printed."""

    def __repr__(self) -> str:
        return "seeds"


@pytest.fixture(scope="module")
def seeds(ubl, cii, pdf, pivot, zipped) -> Seeds:
    inside = (("a.xml", b"<a>" + b"x" * 400 + b"</a>"), ("é" * 80 + ".xml", b"<b/>"))
    status = b"<CPPStatut><CPPFluxStatuts><CPPFluxStatutUnitaire><DonneesStatut><IdStatut>90</IdStatut>"
    return Seeds(
        {
            "ubl": ubl,
            "cii": cii,
            "cut ubl": ubl[: len(ubl) // 2],
            "pdf": pdf(cii),
            "plain pdf": pdf(cii, compress_streams=False),
            "pivot": pivot(("a.pdf", zipped(("b.pdf", b"%PDF" * 50))), ("b.pdf", b"%PDF")),
            "statut": status + b"</DonneesStatut></CPPFluxStatutUnitaire></CPPFluxStatuts></CPPStatut>",
            "zip": zipped(*inside),
            "tar": tar(*inside)[:4096],
            "tar.gz": gzip.compress(tar(*inside), mtime=0),
            "gz": gzip.compress(ubl, mtime=0),
        }
    )


@pytest.fixture
def outcome(tmp_path: Path) -> Callable[[bytes], None]:
    """Read some bytes; fail when anything but a reading or a refusal comes out, or a file appears elsewhere."""

    def judge(data: bytes) -> None:
        path, work = tmp_path / "dropped", tmp_path / "work"
        path.write_bytes(data)
        work.mkdir()
        refusal = None
        try:
            read(path, work, LIMITS)
        except RefusedInputError as error:
            refusal = error
        finally:
            left = list(work.iterdir())
            shutil.rmtree(work)
        assert refusal is None or (refusal.code and refusal.remedy and str(refusal).encode())
        assert path.read_bytes() == data
        assert [it.name for it in tmp_path.iterdir()] == ["dropped"]
        assert all(it.parent == work for it in left)

    return judge


NAMES = ["ubl", "cii", "cut ubl", "pdf", "plain pdf", "pivot", "statut", "zip", "tar", "tar.gz", "gz"]


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(changes=mutations)
def test_a_changed_file_is_read_or_refused(seeds, outcome, name, changes):
    outcome(mutated(seeds[name], changes))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([b"", b"<", b"\xef\xbb\xbf<", b"PK\x03\x04", b"\x1f\x8b\x08", b"%PDF-", b"\xff\xfe<\x00"]),
    rest=st.binary(max_size=600),
)
def test_random_bytes_after_a_telling_start_are_read_or_refused(outcome, start, rest):
    outcome(start + rest)
