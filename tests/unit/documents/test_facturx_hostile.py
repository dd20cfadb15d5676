"""PDFs made to harm: refused or read, within time and memory, and nothing else ever comes out."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edid.documents import facturx
from edid.documents.facturx_pdf import actions
from edid.documents.facturx_pdf.claims import PdfClaims, claims
from edid.documents.facturx_pdf.embedded import MOST_FILES
from edid.errors import RefusedInputError
from tests.unit.documents.conftest import CII
from tests.unit.documents.facturx_pdfs import (
    PAGE,
    SPECIFICATION,
    changed,
    deflated,
    document,
    factur_x,
    stream,
    with_packed_catalog,
)

LISTED = b"/Names << /EmbeddedFiles 4 0 R >>"
ONE = b"<< /Names [(factur-x.xml) 5 0 R] >>"
BYTES = stream(b"", CII)
MANY = 100_000
MEASURE = """
import json, resource, sys, tempfile
from pathlib import Path
from edid.documents import facturx
from edid.documents.facturx_pdf.claims import claims
from edid.errors import RefusedInputError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
answers = []
for ask in (claims, lambda path: facturx.extract(path, Path(tempfile.mkdtemp(dir=path.parent)), 1_000_000)):
    try:
        ask(Path(sys.argv[1]))
        answers.append("read")
    except RefusedInputError as error:
        answers.append(error.code)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({"claims": answers[0], "extract": answers[1], "megabytes": grown // 1024}))
"""


def kids(count: int) -> dict[str, bytes]:
    """Objects 10 and up, each the trunk of the next."""
    return {f"_{number}": b"<< /Kids [%d 0 R] >>" % (number + 1) for number in range(10, 10 + count)}


HOSTILE = {
    "metadata that inflate to 400 MB": lambda: document(
        LISTED + b" /Metadata 7 0 R",
        _4=ONE,
        _5=SPECIFICATION,
        _6=BYTES,
        _7=stream(b"/Type /Metadata /Subtype /XML /Filter /FlateDecode", deflated(b"<a>", b" ", 400)),
    ),
    "an invoice that inflates to 400 MB": lambda: document(
        LISTED, _4=ONE, _5=SPECIFICATION, _6=stream(b"/Filter /FlateDecode", deflated(b"<a>", b" ", 400))
    ),
    "an object stream that inflates to 400 MB": lambda: with_packed_catalog(
        b"/FlateDecode", lambda inside: deflated(inside, b" ", 400)
    ),
    "an object stream packed twice": lambda: with_packed_catalog(
        b"[/FlateDecode /FlateDecode]", lambda inside: zlib.compress(deflated(inside, b" ", 400), 9)
    ),
    "an object stream of runs": lambda: with_packed_catalog(
        b"[/FlateDecode /RunLengthDecode]", lambda _: deflated(b"", b"\x81 ", 10)
    ),
    "a million attached files": lambda: document(
        LISTED, _4=b"<< /Names [" + b"(a) 5 0 R " * 1_000_000 + b"] >>", _5=SPECIFICATION, _6=BYTES
    ),
    "many branches of names": lambda: document(
        LISTED, _4=b"<< /Kids [" + b"9 0 R " * MANY + b"] >>", _9=ONE, _5=SPECIFICATION, _6=BYTES
    ),
    "a tree of names without end": lambda: document(LISTED, _4=b"<< /Kids [10 0 R] >>", **kids(MANY)),
    "nested lists": lambda: document(b"/Names << /EmbeddedFiles " + b"<< /Kids [" * MANY + b"]>>" * MANY + b" >>"),
    "a long AF": lambda: document(b"/AF [" + b"5 0 R " * 1_000_000 + b"]", _5=SPECIFICATION, _6=BYTES),
    "a deep page tree": lambda: document(
        b"", _2=b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>", **kids(MANY)
    ),
    "a page tree that bites its tail": lambda: document(b"", _2=b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
    "streams that never end": lambda: (
        document(
            LISTED,
            _4=b"<< /Names [" + b" ".join(b"(a) << /EF << /F %d 0 R >> >>" % (10 + n) for n in range(900)) + b"] >>",
            **{f"_{10 + n}": b"<< /Length 5 >>\nstream\ny" for n in range(900)},
        )
        + b"x" * 20_000_000
    ),
    "objects without a table": lambda: document(b"").replace(b"startxref", b"startxxxx") + b"1 0 obj\n" * 1_000_000,
}  # fmt: skip
REFUSED = {
    "an object stream that inflates to 400 MB",
    "an object stream packed twice",
    "an object stream of runs",
    "many branches of names",
    "a tree of names without end",
    "nested lists",
    "a long AF",
    "a deep page tree",
    "a page tree that bites its tail",
    "objects without a table",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pdf_costs_little_memory(tmp_path, name):
    path = tmp_path / "hostile.pdf"
    path.write_bytes(HOSTILE[name]())
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True, timeout=100
    )
    answer = json.loads(run.stdout)
    assert answer["claims"] == ("EDID_PDF" if name in REFUSED else "read")
    assert answer["megabytes"] < 250


def test_an_endless_tree_of_names_is_read_once(drop):
    round_trip = document(
        LISTED,
        _4=b"<< /Kids [4 0 R 8 0 R 8 0 R] >>",
        _8=b"<< /Kids [4 0 R] /Names [(factur-x.xml) 5 0 R] >>",
        _5=SPECIFICATION,
        _6=BYTES,
    )
    assert len(claims(drop(round_trip)).files) == 1


@pytest.mark.parametrize(("count", "taken"), [(MOST_FILES, True), (MOST_FILES + 1, False)])
def test_more_attached_files_than_anybody_needs_are_refused(drop, refused, count, taken):
    names = b" ".join(b"(%05d) 5 0 R" % number for number in range(count))
    path = drop(document(LISTED, _4=b"<< /Names [" + names + b"] >>", _5=SPECIFICATION, _6=BYTES))
    if taken:
        assert len(claims(path).files) == count
    else:
        assert refused(claims, path).code == "EDID_PDF"


def test_many_files_named_like_an_invoice_are_told_apart_without_reading_all(drop):
    names = b" ".join(b"(factur-x.xml) %d 0 R" % number for number in range(100, 200))
    parts = {f"_{number}": b"<< /EF << /F %d 0 R >> >>" % (number + 100) for number in range(100, 200)}
    streams = {f"_{number}": stream(b"", b"%d" % number) for number in range(200, 300)}
    said = claims(drop(document(LISTED, _4=b"<< /Names [" + names + b"] >>", **parts, **streams)))
    assert len({content for file in said.invoices for content in file.contents}) == 100


def test_what_is_beyond_the_pages_looked_at_is_said_to_be_unseen(drop, monkeypatch):
    annotations = b" ".join(b"<< /Subtype /Link >>" for _ in range(50))
    data = document(b"", _3=PAGE[:-2] + b"/Annots [" + annotations + b"] >>")
    assert claims(drop(data)).looked_everywhere
    monkeypatch.setattr(actions, "MOST_NODES", 20)
    assert not claims(drop(data)).looked_everywhere


@pytest.mark.parametrize(
    "catalog",
    [
        b"/OpenAction 10 0 R /Names 10 0 R /AF 10 0 R /Metadata 10 0 R /OutputIntents 10 0 R /AcroForm 10 0 R",
        b"/OpenAction 1 /Names 1 /AF 1 /Metadata 1 /OutputIntents 1 /AcroForm true /AA (a) /Outlines /b",
        b"/OpenAction [] /Names [] /AF [1 (a) [] /b null] /Metadata [] /OutputIntents [1 [] (a) << /S 1 >>] /AA []",
        b"/Names << /EmbeddedFiles << /Names [1 2 (a) (b) (c) << >> (d) << /EF 1 >> (e) << /EF << /F 1 >> >>] >> >>",
        b"/Names << /EmbeddedFiles << /Names << >> /Kids 1 >> /JavaScript 5 >> /AA << /A 1 /B [] /C << /S 1 >> >>",
        b"/Names << /EmbeddedFiles << /Kids [1 (a) [] null << /Names [(a)] >>] >> >> /AF << >>",
        b"/OpenAction << /S /a#ff /#ff << >> /Next << /S (JavaScript) >> >> /AA << /#ff << /S /JavaScript >> >>",
    ],
)
def test_values_of_the_wrong_type_are_passed_over(drop, catalog):
    assert claims(drop(document(catalog))).files == ()


Mutation = tuple[float, bytes, int]
words = st.sampled_from(
    [
        b"/Kids",
        b"/Names",
        b"/EF",
        b"/F",
        b"/AF",
        b"/Next",
        b"/AA",
        b"1 0 R",
        b"2 0 R",
        b"4 0 R",
        b"<<",
        b">>",
        b"[",
        b"]",
    ]
)
mutations = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4) | words, st.integers(0, 40)),
    min_size=1,
    max_size=6,
)


def mutated(data: bytes, changes: list[Mutation]) -> bytes:
    for place, new, removed in changes:
        at = int(place * len(data))
        data = data[:at] + new + data[at + removed :]
    return data


@pytest.fixture(scope="module", params=["as made", "uncompressed", "by hand"])
def sound(request) -> bytes:
    if request.param == "as made":
        return factur_x()
    if request.param == "by hand":
        tree = {"_4": b"<< /Kids [8 0 R] >>", "_8": ONE, "_5": SPECIFICATION, "_6": BYTES}
        return document(LISTED + b" /AF [5 0 R] /OpenAction << /S /URI /Next << /S /GoTo >> >>", **tree)
    return changed(factur_x(), lambda pdf: pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes(), filter=None))


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(changes=mutations)
def test_a_changed_pdf_is_read_or_refused(tmp_path, sound, changes):
    path: Path = tmp_path / "changed.pdf"
    path.write_bytes(mutated(sound, changes))
    for ask in (claims, lambda it: facturx.extract(it, tmp_path, 1_000_000)):
        outcome = None
        try:
            outcome = ask(path)
        except RefusedInputError as error:
            outcome = error.code
        assert isinstance(outcome, PdfClaims | Path) or outcome in {"EDID_PDF", "IRR_TYPE_F", "IRR_TAILLE_F"}
    (tmp_path / "factur-x.xml").unlink(missing_ok=True)
