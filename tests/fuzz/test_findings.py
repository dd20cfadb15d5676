"""What fuzzing and reading the code found beyond an exception: work without a bound, and words that were not true."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest

from edid.config.problems import InvalidConfigError
from edid.config.yaml_file import read as read_yaml
from edid.documents.archive import unpack
from edid.documents.names import unique_name
from edid.documents.reading import read
from edid.documents.xml import parse_shortened, stream
from edid.errors import RefusedInputError
from edid.exchange.decisions.rows import rows
from tests.fuzz.cases import tar_header, zipped
from tests.fuzz.targets.readings import LIMITS


def test_a_size_below_zero_is_refused_before_anything_is_read(tmp_path: Path):
    """-1 bytes used to mean all of them: a gzip of 600 KB unpacked to 600 MB of memory."""
    packed = tmp_path / "a.tar.gz"
    packed.write_bytes(gzip.compress(tar_header(b"a.xml", b"\xff" * 12) + bytes(4096), mtime=0))
    with pytest.raises(RefusedInputError, match="size below zero"):
        unpack(packed, tmp_path / "work", LIMITS)


def test_zips_that_unpack_to_too_much_share_one_bound(tmp_path: Path):
    """Each used to be unpacked as far as the first: a thousand of them cost a thousand times as much."""
    bomb = base64.b64encode(zipped("a.xml", bytes(LIMITS.attachment_size + 1))).decode()
    parts = "".join(f"<PJ><NomPJ>{place}.xml</NomPJ><Contenu>{bomb}</Contenu></PJ>" for place in range(30))
    pivot = tmp_path / "pivot"
    pivot.write_text(f"<CPPFacturePivot><CPPFacturePivotUnitaire>{parts}</CPPFacturePivotUnitaire></CPPFacturePivot>")
    (invoice,) = read(pivot, tmp_path / "work", LIMITS).invoices
    unpacked = [int(fault.split(" more than ")[1].split()[0]) for fault in invoice.faults]
    assert len(unpacked) == 30
    assert sum(unpacked) == LIMITS.unpacked_size


def test_names_alike_cost_hardly_more_than_different_ones():
    """Twenty thousand attachments of one name used to cost two hundred million comparisons."""
    asked = 0

    class Taken(set[str]):
        def __contains__(self, name: object) -> bool:
            nonlocal asked
            asked += 1
            return super().__contains__(name)

    taken = Taken()
    made = [unique_name("a.pdf", taken) for _ in range(2_000)]
    assert made[:3] == ["a.pdf", "a-2.pdf", "a-3.pdf"]
    assert len(set(made)) == 2_000
    assert asked < 2_000 * 30


@pytest.mark.parametrize("reason", [[["A"]], [{"b": 1}], {"b": 1}, [True], ["A"] * 2_001])
def test_a_motive_that_is_no_code_is_refused(reason: object):
    """It used to become the text of the list that it was."""
    (row,) = rows(json.dumps({"status": "08", "number": "1", "reason": reason}).encode())
    assert row.fault is not None
    assert "reason" in row.fault.en


def test_a_wrong_byte_behind_a_byte_order_mark_is_shown_where_it_is(tmp_path: Path):
    """Its place used to be counted from three bytes before, and could then not be told at all."""
    path = tmp_path / "edid.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + "é".encode() + b"\xff: 1\n")
    with pytest.raises(InvalidConfigError) as refused:
        read_yaml(path)
    assert (refused.value.problems[0].line, refused.value.problems[0].column) == (1, 2)


@pytest.mark.parametrize("bad", [b"<:Amount/>", b"<unknown:Amount/>", b'<Amount unknown:b=""/>'])
@pytest.mark.parametrize(
    "root", [b"Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'", b"CPPStatut"]
)
def test_a_bad_name_is_refused_whatever_comes_after_it(tmp_path: Path, root: bytes, bad: bytes):
    """A relative namespace further down used to let it pass: lxml looks at the last word of its parser only."""
    path = tmp_path / "invoice.xml"
    for after in (b"", b"<a xmlns='relative'/>"):
        path.write_bytes(b"<%s>%s%s</%s>" % (root, bad, after, root.split()[0]))
        with pytest.raises(RefusedInputError) as refused:
            read(path, tmp_path / "work", LIMITS)
        assert refused.value.code == "IRR_SYNTAX"
    with pytest.raises(RefusedInputError):
        stream(path, limit=LIMITS.document_size)
    with pytest.raises(RefusedInputError):
        parse_shortened(path, limit=LIMITS.document_size)
