"""A stylesheet that reaches for anything beside the document is refused before it is compiled."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from edid.validation import catalogue
from edid.validation.files import checked
from edid.validation.packs import Pack
from edid.validation.saxon.prepare import UnsafeStylesheetError, prepared
from tests.unit.validation.stylesheets import FIRED, HEAD, XSL, fails, stylesheet

MAIN = Path("/nowhere/TEST.xslt")
THREE = HEAD.replace('version="2.0"', 'version="3.0" expand-text="yes"')
NS = {"x": XSL, "s": "http://purl.oclc.org/dsdl/svrl"}
OFFICIAL = {pack.stylesheet: pack for pack in catalogue.shipped().packs if pack.stylesheet is not None}


def ready(text: str, **companions: bytes) -> etree._Element:
    files = {MAIN: text.encode()} | {MAIN.with_name(f"{name}.xml"): data for name, data in companions.items()}
    return etree.fromstring(prepared("TEST", files, MAIN))


def refusal(text: str | bytes, **companions: bytes) -> str:
    content = text if isinstance(text, bytes) else text.encode()
    files = {MAIN: content} | {MAIN.with_name(f"{name}.xml"): data for name, data in companions.items()}
    with pytest.raises(UnsafeStylesheetError) as caught:
        prepared("TEST", files, MAIN)
    assert "TEST" in str(caught.value)
    return str(caught.value)


FUNCTIONS = (
    *("document", "doc", "doc-available", "collection", "uri-collection", "unparsed-text", "unparsed-text-lines"),
    *("unparsed-text-available", "json-doc", "environment-variable", "available-environment-variables", "transform"),
    *("load-xquery-module", "function-lookup"),
)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "written",
    [
        "{}('file:///etc/hostname')",
        "fn:{}('x')",
        "Q{{http://www.w3.org/2005/xpath-functions}}{}('x')",
        "/* / cbc:ID[. = {} ('x')]",
        "{}(: so :)('x')",
        "for-each(('x'), {}#1)",
        "'x' => {}\n()",
    ],
)
def test_a_function_that_reads_elsewhere_is_refused(function, written):
    call = written.format(function)
    asked = stylesheet(f'{FIRED}<xsl:value-of select="{call}"/>')
    assert f"{function}()" in refusal(asked)
    built = stylesheet(f'{FIRED}<a b="{{{call.replace("{", "{{")}}}"/>')
    assert f"{function}()" in refusal(built), "in an attribute value template"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_so_it_is_between_braces_of_a_text(function):
    asked = f"{FIRED}<svrl:text>Hello {{{function}('file:///etc/hostname')}}</svrl:text>"
    assert f"{function}()" in refusal(stylesheet(asked, head=THREE))
    later = f"{FIRED}<svrl:text>Hello <a/> {{{function}('file:///etc/hostname')}}</svrl:text>"
    assert f"{function}()" in refusal(stylesheet(later, head=THREE))
    local = f'{FIRED}<svrl:text xsl:expand-text="yes">{{{function}(())}}</svrl:text>'
    assert f"{function}()" in refusal(stylesheet(local))


def test_a_text_that_only_talks_of_documents_is_none():
    said = "Each document (BT-122) and doc (BT-124) of a collection (BG-24) is named."
    (text,) = ready(stylesheet(fails("R-1", message=said))).xpath("//s:failed-assert/s:text/text()", namespaces=NS)
    assert text == said


@pytest.mark.parametrize(
    "expression",
    ["cac:document", "my-doc(.)", "$doc", "cbc:doc/x", "documents(.)", "a/collection", "redoc(.)"],
)
def test_names_that_only_look_alike_are_let_through(expression):
    assert ready(stylesheet(f'{FIRED}<xsl:value-of select="{expression}"/>')).tag == f"{{{XSL}}}stylesheet"


@pytest.mark.parametrize(
    "name", ["result-document", "import", "include", "import-schema", "evaluate", "source-document"]
)
@pytest.mark.parametrize("place", ["http://127.0.0.1:1/a.xsl", "file:///etc/hostname", "../a.xslt", "beside.xslt"])
def test_an_instruction_that_reads_or_writes_elsewhere_is_refused(name, place):
    instruction = f'<xsl:{name} href="{place}"/>'
    assert f"xsl:{name}" in refusal(stylesheet(FIRED + instruction))
    assert f"xsl:{name}" in refusal(stylesheet(FIRED, instruction))
    other = f'<o:{name} xmlns:o="{XSL}" href="{place}"/>'
    assert f"xsl:{name}" in refusal(stylesheet(FIRED + other)), "whatever its prefix is"


def test_an_attribute_that_is_made_up_is_refused():
    hidden = "<xsl:value-of _select=\"{'unparsed'}-text('file:///etc/hostname')\"/>"
    assert "_name" in refusal(stylesheet(FIRED + hidden))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not XML"),
        (b"PK\x03\x04", "not XML"),
        (b"<a/>", "no stylesheet"),
        (b'<schema xmlns="http://purl.oclc.org/dsdl/schematron"/>', "no stylesheet"),
        (b'<xsl:template xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>', "no stylesheet"),
        (stylesheet(FIRED).encode()[:-1], "not XML"),
        (b"<!DOCTYPE a>" + stylesheet(FIRED).encode(), "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/hostname">' + stylesheet(FIRED).encode(), "document type"),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + stylesheet("&e;").encode(), "document type"),
        (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-', "no stylesheet"),
    ],
)
def test_what_is_no_stylesheet_is_refused(content, told):
    assert told in refusal(content)


CODES = b"<codes><code>EUR</code></codes>"


def test_a_companion_is_put_in_and_no_longer_read():
    asked = """<xsl:value-of select="document('list.xml')//code = 'EUR' or document( 'list.xml' )/codes"/>"""
    root = ready(stylesheet(FIRED + asked), list=CODES)
    (variable,) = root.xpath("/x:stylesheet/x:variable", namespaces=NS)
    assert variable.findtext("codes/code") == "EUR"
    (select,) = root.xpath("//x:value-of/@select[contains(., 'codes')]", namespaces=NS)
    assert select == f"${variable.get('name')}//code = 'EUR' or ${variable.get('name')}/codes"


@pytest.mark.parametrize(
    "place",
    ["other.xml", "../list.xml", "/nowhere/list.xml", "LIST.XML", "http://127.0.0.1:1/list.xml", "", "list"],
)
def test_what_is_no_companion_is_refused(place):
    asked = f"""<xsl:value-of select="document('{place}')//code"/>"""
    assert "document()" in refusal(stylesheet(FIRED + asked), list=CODES)


@pytest.mark.parametrize(
    "companion",
    [
        b"no XML",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><codes>&e;</codes>',
        f'<codes xmlns:xsl="{XSL}"><xsl:result-document href="file:///tmp/x"/></codes>'.encode(),
        b"<codes a=\"{unparsed-text('file:///etc/hostname')}\"/>",
    ],
)
def test_a_companion_may_not_do_what_a_stylesheet_may_not(companion):
    refusal(stylesheet(f"""{FIRED}<xsl:value-of select="document('list.xml')//code"/>"""), list=companion)


@pytest.mark.parametrize("pack", OFFICIAL.values(), ids=lambda pack: pack.name)
def test_the_official_rules_keep_every_test_and_every_word(pack: Pack):
    main, files = checked(pack)
    before, after = etree.fromstring(files[main]), etree.fromstring(prepared(pack.name, files, main))
    for path in (
        *("//s:failed-assert", "//s:successful-report", "//s:fired-rule", "//x:when", "//x:if", "//x:function"),
        *("//x:template[@priority]/@match", "//s:text//text()", "//s:*/x:attribute[@name != 'location']"),
    ):
        assert len(before.xpath(path, namespaces=NS)) == len(after.xpath(path, namespaces=NS)), path
    assert before.xpath("//s:text//text()", namespaces=NS) == after.xpath("//s:text//text()", namespaces=NS)
    tests = "//x:when/@test[not(contains(., 'document('))]"
    kept = [str(each) for each in after.xpath("//x:when/@test", namespaces=NS)]
    assert set(map(str, before.xpath(tests, namespaces=NS))) <= set(kept)
    assert not any("document(" in each for each in kept)
