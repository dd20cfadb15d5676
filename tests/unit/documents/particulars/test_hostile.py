"""Whatever a document holds, its particulars are read without a word."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from edid.documents.kinds import Kind
from edid.documents.particulars import blob, zip_names
from edid.documents.particulars.condition import Condition
from edid.documents.particulars.model import Particulars
from edid.documents.particulars.reading import read
from edid.sandbox.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from edid.validation.places import at, path_of

DAY = date(2026, 9, 1)
DOCUMENTS = {
    Kind.UBL_INVOICE: ubl_invoice("F-1", DAY),
    Kind.UBL_CREDIT_NOTE: ubl_credit_note("A-1", DAY, credit_of="F-1"),
    Kind.CII: cii_invoice("F-1", DAY),
}
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).filter(
        lambda it: "\ufffe" not in it and "\uffff" not in it
    ),
    st.sampled_from(
        ["", "9" * 60, "NaN", "1e9", "٧٣", "x" * 2000, "UEsDBBQ=", "UEsFBgAAAAABAAEALgAAAAAAAAAAAA==", "%PDF"]
    ),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["text", "remove", "double", "move", "rename", "comment", "scheme", "prefix"]),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
        TEXTS,
    ),
    max_size=12,
)


def mutate(root: etree._Element, step: tuple[str, int, int, str]) -> None:
    what, one, two, text = step
    elements = [each for each in root.iter() if isinstance(each.tag, str)]
    node, other = elements[one % len(elements)], elements[two % len(elements)]
    match what:
        case "text":
            node.text = text
        case "remove" if node is not root:
            node.getparent().remove(node)
        case "double" if node is not root:
            node.addnext(etree.fromstring(etree.tostring(node, with_tail=False)))
        case "move" if node not in other.iterancestors() and node is not other and node is not root:
            other.append(node)
        case "rename" if node is not root:
            node.tag = other.tag
        case "comment":
            node.insert(0, etree.Comment("aside"))
            node[0].tail = text
        case "scheme":
            node.set(("schemeID", "currencyID", "schemeName")[two % 3], text)
        case "prefix" if node is not root:
            node.tag = etree.QName(f"urn:other:{two % 3}", etree.QName(node).localname)


@given(st.sampled_from(sorted(DOCUMENTS)), STEPS, st.integers(0, 3), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_document_is_read_and_every_path_leads_back(data_of, kind, steps, groups, skeleton):
    root = etree.fromstring(DOCUMENTS[kind])
    for step in steps:
        mutate(root, step)
    tree = etree.ElementTree(etree.fromstring(etree.tostring(root)))
    taken = dict.fromkeys(
        tree.getroot().iter("{*}EmbeddedDocumentBinaryObject", "{*}AttachmentBinaryObject"), 4 * groups
    )
    particulars = read(tree, kind, taken=taken, skeleton=skeleton)
    assert isinstance(particulars, Particulars)
    for datum in data_of(particulars):
        assert datum.value == datum.value.strip()
        node = at(tree.getroot(), datum.path.partition("/@")[0])
        assert node is not None
        assert node.sourceline == datum.line


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
@pytest.mark.parametrize("other", sorted(DOCUMENTS))
def test_a_document_of_another_syntax_is_read_as_an_empty_one(kind, other):
    particulars = read(etree.ElementTree(etree.fromstring(DOCUMENTS[other])), kind)
    assert (particulars.syntax == "cii") == (kind is Kind.CII)


@given(st.binary(max_size=300), st.binary(max_size=80), st.binary(max_size=22))
def test_any_bytes_may_be_called_a_zip(start, middle, end):
    names = zip_names.read(start + b"PK\x01\x02" + middle + b"PK\x05\x06" + end)
    assert names is None or all(isinstance(name, str) for name in names)


@given(
    st.one_of(st.none(), st.text(max_size=200), st.binary(max_size=200).map(lambda it: base64.b64encode(it).decode()))
)
def test_any_text_may_be_called_an_attachment(text):
    held = blob.read(text, Condition())
    assert (held.size is None) == (held.form == "broken")


def test_paths_are_written_as_those_of_other_findings(corpus, data_of):
    folders = {"cen/ubl-examples": Kind.UBL_INVOICE, "cen/cii-examples": Kind.CII, "chorus/cii": Kind.CII}
    seen = 0
    for folder, kind in folders.items():
        for path in sorted((corpus / folder).glob("*.xml")):
            tree = etree.parse(path, etree.XMLParser(huge_tree=True))
            for datum in data_of(read(tree, kind)):
                route, _, attribute = datum.path.partition("/@")
                node = at(tree.getroot(), route)
                assert path_of(node) == route, path.name
                assert not datum.value or datum.value in (
                    node.get(attribute) if attribute else "".join(node.itertext())
                )
                seen += 1
    assert seen > 1000
