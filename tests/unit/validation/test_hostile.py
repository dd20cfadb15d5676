"""Hostile files: an answer every time, and nothing outside the file is ever read."""

from __future__ import annotations

import random
import socketserver
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edid.config.settings import Limits
from edid.validation.judging import Judgement, judge_file
from edid.validation.verdict import Outcome

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
ROOT = (
    f'<Invoice xmlns="{UBL}Invoice-2" xmlns:cbc="{UBL}CommonBasicComponents-2" '
    f'xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:xi="http://www.w3.org/2001/XInclude" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
REST = (
    "<cbc:IssueDate>2026-11-23</cbc:IssueDate><cac:AccountingSupplierParty/><cac:AccountingCustomerParty/>"
    '<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">1</cbc:PayableAmount></cac:LegalMonetaryTotal>'
    '<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount currencyID="EUR">1</cbc:LineExtensionAmount>'
    "<cac:Item/></cac:InvoiceLine></Invoice>"
)
SECRET = "the content of a file of this machine"
LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12))


def invoice(number: str = "F1", attributes: str = "") -> str:
    return f"{ROOT}{attributes}><cbc:ID>{number}</cbc:ID>{REST}"


@pytest.fixture(scope="module")
def listener():
    """A server that notes who calls: nobody may."""
    calls: list[object] = []

    class Note(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            calls.append(self.client_address)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Note) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", calls
        server.shutdown()
        thread.join()


def judged(content: str | bytes, folder: Path) -> Judgement:
    path = folder / "dropped"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    work = folder / "work"
    work.mkdir(exist_ok=True)
    return judge_file(path, work, Limits())


DOCTYPES = {
    "nothing declared": "",
    "external DTD": ' SYSTEM "{url}/evil.dtd"',
    "external file DTD": ' SYSTEM "file://{secret}"',
    "entity of a file": ' [<!ENTITY e SYSTEM "file://{secret}">]',
    "entity of a server": ' [<!ENTITY e SYSTEM "{url}/e">]',
    "parameter entity": ' [<!ENTITY % p SYSTEM "{url}/p"> %p;]',
    "internal entity": ' [<!ENTITY e "harmless">]',
    "billion laughs": f' [<!ENTITY l0 "ha">{LAUGHS}<!ENTITY e "&l11;">]',
    "quadratic blow-up": f' [<!ENTITY e "{"a" * 50_000}">]',
}


@pytest.mark.parametrize("name", DOCTYPES)
def test_every_document_type_is_refused_and_followed_nowhere(tmp_path, listener, name):
    url, calls = listener
    secret = tmp_path / "secret"
    secret.write_text(SECRET, "utf-8")
    doctype = DOCTYPES[name].replace("{url}", url).replace("{secret}", str(secret))
    number = "&e;" * (1000 if name == "quadratic blow-up" else "ENTITY e" in doctype)
    judgement = judged(f"<!DOCTYPE Invoice{doctype}>{invoice(number)}", tmp_path)
    assert judgement.reading is None
    assert judgement.verdict.outcome is Outcome.INVALID
    assert [finding.rule for finding in judgement.verdict.findings] == ["IRR_SYNTAX"]
    assert SECRET not in repr(judgement)
    assert calls == []


def test_an_xinclude_is_an_unknown_element_and_followed_nowhere(tmp_path, listener):
    url, calls = listener
    secret = tmp_path / "secret"
    secret.write_text(SECRET, "utf-8")
    for target in (url, f"file://{secret}"):
        judgement = judged(invoice(f'<xi:include href="{target}" parse="text"/>'), tmp_path)
        assert judgement.verdict.outcome is Outcome.INVALID
        assert SECRET not in repr(judgement)
    assert calls == []


def test_hints_at_other_files_are_not_followed(tmp_path, listener):
    url, calls = listener
    hints = f' xsi:schemaLocation="{UBL}Invoice-2 {url}/a.xsd" xsi:noNamespaceSchemaLocation="{url}/b.xsd"'
    stylesheet = f'<?xml-stylesheet type="text/xsl" href="{url}/c.xsl"?>'
    assert judged(stylesheet + invoice(attributes=hints), tmp_path).verdict.outcome is Outcome.VALID
    broken = judged(stylesheet + invoice("").replace("<cbc:ID></cbc:ID>", "").replace(">", f"{hints}>", 1), tmp_path)
    assert broken.verdict.outcome is Outcome.INVALID
    assert calls == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-15", "utf-16-le"])
def test_encodings_that_the_file_declares_rightly_are_read(tmp_path, encoding):
    declared = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16LE"}.get(encoding, encoding)
    number = "F\u00e91"
    text = f'<?xml version="1.0" encoding="{declared}"?>{invoice(number)}'
    judgement = judged(text.encode(encoding), tmp_path)
    assert judgement.verdict.outcome is Outcome.VALID
    assert judgement.reading.facts.number == number


@pytest.mark.parametrize(
    "content",
    [
        '<?xml version="1.0" encoding="UTF-7"?>+ADw-Invoice/+AD4-',
        '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE Invoice+AD4-' + invoice(),
        f'<?xml version="1.0" encoding="UTF-16"?>{invoice()}',
        f'<?xml version="1.0" encoding="no-such-code"?>{invoice()}',
        invoice("F\u00e9").encode("latin-1"),
        invoice("F\x00"),
        invoice("F\x01"),
        invoice("&#0;"),
        invoice("&undeclared;"),
        invoice().encode("utf-16")[: 2 * 300],
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        "   \n\t ",
        "<" * 100_000,
        "<a>" * 200_000,
        invoice("<cbc:ID>" * 5_000 + "</cbc:ID>" * 5_000),
        invoice().replace("<Invoice", "<Invoice " + " ".join(f'a{n}="1"' for n in range(100_000)), 1),
        invoice().replace("<Invoice", f'<Invoice a="{"x" * 11_000_000}"', 1),
        invoice() + invoice(),
        invoice() + "trailing",
    ],
    ids=range(20),
)
def test_broken_and_oversized_structures_are_invalid(tmp_path, content):
    judgement = judged(content, tmp_path)
    assert judgement.verdict.outcome is Outcome.INVALID
    assert judgement.verdict.findings[0].message


TEXT = invoice().encode()
PIECES = st.sampled_from(
    [
        b"<",
        b">",
        b"&",
        b"/",
        b'"',
        b"\x00",
        b"\xff",
        b"]]>",
        b"<!DOCTYPE a>",
        b"<![CDATA[",
        b"<?p?>",
        b"xsi:type='a'",
        b"",
    ]
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(TEXT)), st.integers(0, 40), PIECES | st.binary(max_size=20))
def test_no_damage_to_a_file_makes_judging_fail(tmp_path, start, length, piece):
    judgement = judged(TEXT[:start] + piece + TEXT[start + length :], tmp_path)
    assert judgement.verdict.outcome in {Outcome.VALID, Outcome.INVALID}
    assert judgement.verdict.outcome is Outcome.VALID or judgement.verdict.findings


def test_mutated_messages_never_make_judging_fail(tmp_path, messages, mutate):
    rng = random.Random("hostile")
    for name, root in messages.items():
        for _ in range(30):
            tree = mutate(root, rng)
            tree.write(str(tmp_path / "dropped"), encoding="utf-8")
            judgement = judge_file(tmp_path / "dropped", _fresh(tmp_path), Limits())
            assert judgement.verdict.outcome in Outcome, name
            assert all("{urn" not in finding.message for finding in judgement.verdict.findings)


def _fresh(folder: Path) -> Path:
    path = folder / f"work-{len(list(folder.iterdir()))}"
    path.mkdir()
    return path
