"""A broken document is explained: where, what was found, what was expected, what to do; no Clark names."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest
from lxml import etree

from edid.documents.kinds import Kind
from edid.documents.violations import CAP
from edid.validation import catalogue
from edid.validation.explain import explained
from edid.validation.verdict import Finding, Severity
from edid.validation.xsd import check_tree

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CBC = f"{UBL}CommonBasicComponents-2"
CAC = f"{UBL}CommonAggregateComponents-2"
NS = {"cbc": CBC, "cac": CAC}
XSI = "http://www.w3.org/2001/XMLSchema-instance"

INVOICE = f"""<Invoice xmlns="{UBL}Invoice-2" xmlns:cbc="{CBC}" xmlns:cac="{CAC}">
<cbc:ID>F1</cbc:ID>
<cbc:IssueDate>2026-11-23</cbc:IssueDate>
<cac:AccountingSupplierParty/>
<cac:AccountingCustomerParty/>
<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">120</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID>
<cbc:LineExtensionAmount currencyID="EUR">50</cbc:LineExtensionAmount><cac:Item/></cac:InvoiceLine>
<cac:InvoiceLine><cbc:ID>2</cbc:ID>
<cbc:LineExtensionAmount currencyID="EUR">50</cbc:LineExtensionAmount><cac:Item/></cac:InvoiceLine>
</Invoice>"""

Break = Callable[[etree._Element], object]


def judged(root: etree._Element, kind: Kind, change: Break, *, clear: bool = True) -> tuple[Finding, ...]:
    copy = etree.fromstring(etree.tostring(root))
    change(copy)
    tree = etree.fromstring(etree.tostring(copy)).getroottree()
    pack = catalogue.shipped().for_kind(kind)[0]
    checked = check_tree(tree, pack)
    return explained(tree, pack, checked.findings) if clear else checked.findings


def only(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1
    assert findings[0].rule == "XSD"
    assert findings[0].severity is Severity.FATAL
    assert findings[0].remedy
    assert "{" not in findings[0].message
    return findings[0]


@pytest.fixture
def invoice() -> etree._Element:
    return etree.fromstring(INVOICE)


def find(root: etree._Element, path: str) -> etree._Element:
    node = root.find(path, NS)
    assert node is not None
    return node


def drop(path: str) -> Break:
    def _drop(root):
        node = find(root, path)
        node.getparent().remove(node)

    return _drop


def write(path: str, value: str) -> Break:
    return lambda root: setattr(find(root, path), "text", value)


def test_an_untouched_document_has_no_finding(invoice):
    assert judged(invoice, Kind.UBL_INVOICE, lambda root: None) == ()


def test_a_missing_element_is_named_with_its_place(invoice):
    finding = only(judged(invoice, Kind.UBL_INVOICE, drop("cbc:ID")))
    assert finding.message == "cbc:ID is missing in Invoice, before cbc:IssueDate."
    assert (finding.line, finding.path, finding.expected) == (2, "/Invoice/cbc:IssueDate", "cbc:ID")
    assert finding.remedy == "Add cbc:ID before cbc:IssueDate."


def test_a_missing_last_element_is_named(messages):
    finding = only(judged(messages["pivot"], Kind.CPP_PIVOT, drop(".//MimeTypePJ")))
    assert finding.message == "PJ is not complete: MimeTypePJ is missing at its end."
    assert finding.path == "/CPPFacturePivot/CPPFactures/CPPFacturePivotUnitaire/PJ"


def test_wrong_order_says_what_to_move(invoice):
    def swap(root):
        find(root, "cbc:IssueDate").addnext(find(root, "cbc:ID"))

    finding = only(judged(invoice, Kind.UBL_INVOICE, swap))
    assert finding.message == "cbc:ID stands too late: it must come before cbc:IssueDate."
    assert finding.remedy == "Move cbc:ID before cbc:IssueDate."


def test_an_optional_element_that_comes_too_late_is_told(messages):
    def move(root):
        find(root, ".//DateReception").addprevious(find(root, ".//DateLivraison"))

    finding = only(judged(messages["pivot"], Kind.CPP_PIVOT, move))
    assert finding.message == "DateLivraison stands too late in DonneesFacture: it cannot come after ModePaiement."


def test_an_element_twice_is_counted(invoice):
    def twice(root):
        find(root, "cbc:ID").addnext(deepcopy(find(root, "cbc:ID")))

    finding = only(judged(invoice, Kind.UBL_INVOICE, twice))
    assert finding.message == "cbc:ID occurs 2 times in Invoice; at most 1 may stand there."
    assert finding.path == "/Invoice/cbc:ID[2]"


def test_an_unknown_element_is_called_unknown(invoice):
    def add(root):
        etree.SubElement(find(root, "cac:InvoiceLine[2]"), f"{{{CBC}}}Colour")

    finding = only(judged(invoice, Kind.UBL_INVOICE, add))
    assert finding.message == "cbc:Colour is unknown here: it is no part of cac:InvoiceLine."
    assert finding.path == "/Invoice/cac:InvoiceLine[2]/cbc:Colour"
    assert finding.line == 10


def test_an_element_of_the_wrong_namespace_is_told_the_right_one(invoice):
    def rename(root):
        find(root, "cac:LegalMonetaryTotal").tag = f"{{{CBC}}}LegalMonetaryTotal"

    finding = only(judged(invoice, Kind.UBL_INVOICE, rename))
    assert finding.message.startswith(
        "cbc:LegalMonetaryTotal is in the wrong namespace: cac:LegalMonetaryTotal belongs"
    )


@pytest.mark.parametrize("clear", [True, False])
def test_a_bad_date_is_shown_with_a_good_one(invoice, clear):
    finding = only(judged(invoice, Kind.UBL_INVOICE, write("cbc:IssueDate", "23/11/2026"), clear=clear))
    assert finding.message == "'23/11/2026' in cbc:IssueDate is not a date such as 2026-11-23."
    assert (finding.found, finding.expected) == ("23/11/2026", "a date such as 2026-11-23")


def test_a_decimal_comma_is_explained(invoice):
    finding = only(judged(invoice, Kind.UBL_INVOICE, write(".//cac:InvoiceLine[2]/cbc:LineExtensionAmount", "1,5")))
    assert finding.expected == "a number with a decimal point, such as 1234.50"
    assert finding.path == "/Invoice/cac:InvoiceLine[2]/cbc:LineExtensionAmount"


def test_a_missing_attribute_is_named(invoice):
    finding = only(judged(invoice, Kind.UBL_INVOICE, lambda root: find(root, ".//cbc:PayableAmount").attrib.clear()))
    assert finding.message == "cbc:PayableAmount has no attribute currencyID."
    assert finding.expected == "attribute currencyID"


def test_an_attribute_that_is_not_allowed_is_named_with_its_path(invoice):
    finding = only(judged(invoice, Kind.UBL_INVOICE, lambda root: find(root, "cbc:ID").set("colour", "red")))
    assert finding.message == "the attribute colour of cbc:ID is not allowed."
    assert finding.path == "/Invoice/cbc:ID/@colour"


@pytest.mark.parametrize(
    ("path", "value", "message", "expected"),
    [
        (".//Cadre", "A11", "'A11' is not a value that Cadre may have.", "one of A1, A2, A3"),
        (".//NomPJ", "x" * 51, "NomPJ has 51 characters; at most 50 are allowed.", "at most 50 characters"),
        (".//Recepteur/Id", "AB", "Id has 2 characters; at least 3 are allowed.", "at least 3 characters"),
        (".//CodePays", "FRA", "CodePays has 3 characters; exactly 2 are allowed.", "exactly 2 characters"),
        (".//Devise", "eur", "'eur' does not have the form of Devise.", "the pattern [A-Z]{3}"),
        (".//TypeIdentifiant", "8", "TypeIdentifiant is 8; it may be at most 7.", "at most 7"),
        (".//MontantTTC", "1,5", "'1,5' in MontantTTC is not a number", "a number with a decimal point"),
        (".//Montants", "text", "Montants holds text of its own", "elements only"),
    ],
)
@pytest.mark.parametrize("clear", [True, False])
def test_each_kind_of_bad_value_has_its_sentence(messages, path, value, message, expected, clear):
    finding = only(judged(messages["pivot"], Kind.CPP_PIVOT, write(path, value), clear=clear))
    assert finding.message.startswith(message)
    assert (finding.expected or "").startswith(expected)
    assert finding.found in {value, None}


def test_an_element_inside_a_value_is_told(messages):
    finding = only(
        judged(messages["pivot"], Kind.CPP_PIVOT, lambda root: etree.SubElement(find(root, ".//Cadre"), "b"))
    )
    assert finding.message == "Cadre holds elements; only a value may stand in it."


def test_an_xsi_type_that_names_nothing_is_still_told(messages):
    change = lambda root: find(root, ".//TVA").set(f"{{{XSI}}}type", "Nope")  # noqa: E731
    finding = only(judged(messages["pivot"], Kind.CPP_PIVOT, change))
    assert "'Nope'" in finding.message
    assert finding.path.endswith("/TVA/@xsi:type")


def test_a_root_of_another_format_is_told(messages):
    finding = only(judged(messages["pivot"], Kind.CPP_STATUT, lambda root: None))
    assert finding.message == "CPPFacturePivot is not a document of this format."


def test_a_document_with_a_default_namespace_has_readable_paths():
    root = etree.fromstring(INVOICE)
    find(root, "cac:InvoiceLine[2]/cbc:ID").text = None
    text = etree.tostring(root, encoding="unicode").replace("<cac:", "<").replace("</cac:", "</")
    tree = etree.fromstring(text).getroottree()
    finding = check_tree(tree, catalogue.shipped().for_kind(Kind.UBL_INVOICE)[0]).findings[0]
    assert finding.path == "/Invoice/AccountingSupplierParty"


def test_findings_are_capped_and_say_so(messages):
    root = etree.fromstring(etree.tostring(messages["pivot"]))
    lines = find(root, ".//Lignes")
    for _ in range(CAP + 10):
        lines.append(deepcopy(lines[0]))
        lines[-1].find("Quantite").text = "x"
    checked = check_tree(root.getroottree(), catalogue.shipped().for_kind(Kind.CPP_PIVOT)[0])
    assert len(checked.findings) == CAP
    assert checked.truncated


def test_a_huge_bad_value_is_shown_cut(invoice):
    finding = only(judged(invoice, Kind.UBL_INVOICE, write("cbc:IssueDate", "9" * 1_000_000)))
    assert len(finding.message) < 500
    assert len(finding.found or "") <= 120


def test_lines_beyond_65535_are_right(messages):
    root = etree.fromstring(etree.tostring(messages["pivot"]))
    find(root, ".//CPPFactures").text = "\n" * 70_000
    find(root, ".//Cadre").text = "A26"
    tree = etree.fromstring(etree.tostring(root)).getroottree()
    finding = check_tree(tree, catalogue.shipped().for_kind(Kind.CPP_PIVOT)[0]).findings[0]
    assert (finding.line or 0) > 70_000
