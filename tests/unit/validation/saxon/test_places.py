"""Where a rule is broken: line, path and value are those of the node that the stylesheet stood on."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from edid.documents.kinds import Kind
from edid.validation.saxon.locations import Place, place, places_of
from tests.unit.validation.stylesheets import FIRED, HEAD, UBL, catalogue_of, fails, pack, stylesheet

CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
CDAR = "urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100"
MANY = 'R-{format-number(position(), "000")}'
STEP = re.compile(r"([^/\[\]@]+)(?:\[(\d+)\])?")

INVOICE = f"""<?xml version="1.0"?>
<?before the-root?><!-- before the root -->
<Invoice xmlns="{UBL}Invoice-2" xmlns:cbc="{UBL}CommonBasicComponents-2"
 xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:x="urn:x">
 <!-- a remark -->
 <cbc:ID schemeID="S1" x:k="K1">F1</cbc:ID>
 <?note inside?>
 <cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>text between
 <cac:InvoiceLine x:k="K2">
  <cbc:ID xml:lang="fr">2<!-- in
  the middle -->b</cbc:ID>
  <cbc:ID><![CDATA[<3>]]></cbc:ID><cbc:Note/>
 </cac:InvoiceLine>
</Invoice><!-- behind -->"""


@pytest.fixture
def places(bench, tmp_path):
    """Let a rule fail wherever an XPath leads; return (line, path, value) of each place, as edid says it."""

    def _places(document: str, at: str, *, version: str = "2.0", kind: Kind = Kind.UBL_INVOICE, message: str = "-"):
        head = HEAD.replace('version="2.0"', f'version="{version}"')
        body = fails(MANY, at=at, message=message)
        rules = pack(tmp_path, stylesheet(body, head=head), kinds=(kind,))
        verdict = bench.verdict(document, catalogue_of(rules, schema=False), profile="test")
        assert verdict.not_judged_because is None
        assert [finding.rule for finding in verdict.findings] == sorted(finding.rule for finding in verdict.findings)
        return verdict.findings

    return _places


def said(findings) -> list[tuple[int | None, str | None, str | None]]:
    return [(finding.line, finding.path, finding.found) for finding in findings]


@pytest.mark.parametrize("version", ["1.0", "2.0", "3.0"])
@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("/", [(4, "/Invoice", None)]),
        ("/*", [(4, "/Invoice", None)]),
        ("/*/cbc:ID", [(6, "/Invoice/cbc:ID", "F1")]),
        (
            "//cac:InvoiceLine//*",
            [
                (8, "/Invoice/cac:InvoiceLine[1]/cbc:ID", "1"),
                (10, "/Invoice/cac:InvoiceLine[2]/cbc:ID[1]", "2b"),
                (12, "/Invoice/cac:InvoiceLine[2]/cbc:ID[2]", "<3>"),
                (12, "/Invoice/cac:InvoiceLine[2]/cbc:Note", None),
            ],
        ),
        ("//cac:InvoiceLine", [(8, "/Invoice/cac:InvoiceLine[1]", None), (9, "/Invoice/cac:InvoiceLine[2]", None)]),
        ("//@schemeID", [(6, "/Invoice/cbc:ID/@schemeID", "S1")]),
        ("//@*[name() = 'x:k']", [(6, "/Invoice/cbc:ID/@x:k", "K1"), (9, "/Invoice/cac:InvoiceLine[2]/@x:k", "K2")]),
        ("//@xml:lang", [(10, "/Invoice/cac:InvoiceLine[2]/cbc:ID[1]/@xml:lang", "fr")]),
        ("//text()[contains(., 'between')]", [(4, "/Invoice", None)]),
        ("//cac:InvoiceLine[1]/cbc:ID/text()", [(8, "/Invoice/cac:InvoiceLine[1]/cbc:ID", "1")]),
        ("//comment()[contains(., 'middle')]", [(10, "/Invoice/cac:InvoiceLine[2]/cbc:ID[1]", "2b")]),
        ("//comment()[contains(., 'remark')]", [(4, "/Invoice", None)]),
        ("//processing-instruction('note')", [(4, "/Invoice", None)]),
        ("/comment() | /processing-instruction()", [(None, None, None)] * 3),
    ],
)
def test_a_place_is_that_of_the_node_where_the_rule_is_broken(places, version, at, expected):
    assert said(places(INVOICE, at, version=version)) == expected


STATUS = "CrossDomainAcknowledgementAndResponse"
ID = "<s:ID>F1</s:ID></a:CrossIndustryInvoice>"
SHAPES = {
    "default namespace": (
        Kind.CII,
        f'<CrossIndustryInvoice xmlns="{CII}"><ID xmlns="{RAM}">F1</ID></CrossIndustryInvoice>',
    ),
    "usual prefixes": (
        Kind.CII,
        f'<rsm:CrossIndustryInvoice xmlns:rsm="{CII}" xmlns:ram="{RAM}"><ram:ID>F1</ram:ID></rsm:CrossIndustryInvoice>',
    ),
    "odd prefixes": (
        Kind.CII,
        f'<_.é:CrossIndustryInvoice xmlns:_.é="{CII}" xmlns:a.b="{RAM}"><a.b:ID>F1</a.b:ID></_.é:CrossIndustryInvoice>',
    ),
    "prefixes changed on the way": (
        Kind.CII,
        f'<a:CrossIndustryInvoice xmlns:a="{CII}"><a:ID xmlns:a="{RAM}">F1</a:ID></a:CrossIndustryInvoice>',
    ),
    "two prefixes for one namespace": (
        Kind.CII,
        f'<a:CrossIndustryInvoice xmlns:a="{CII}" xmlns:b="{CII}" xmlns:r="{RAM}" xmlns:s="{RAM}">{ID}',
    ),
    "UBL": (
        Kind.UBL_INVOICE,
        f'<i:Invoice xmlns:i="{UBL}Invoice-2"><ID xmlns="{UBL}CommonBasicComponents-2">F1</ID></i:Invoice>',
    ),
    "credit note": (
        Kind.UBL_CREDIT_NOTE,
        f'<CreditNote xmlns="{UBL}CreditNote-2" xmlns:b="{UBL}CommonBasicComponents-2"><b:ID>F1</b:ID></CreditNote>',
    ),
    "lifecycle": (
        Kind.CDAR,
        f'<c:{STATUS} xmlns:c="{CDAR}" xmlns:ram="{RAM}"><ram:ID>F1</ram:ID></c:{STATUS}>',
    ),
}
PATHS = {
    "default namespace": "/CrossIndustryInvoice/ID",
    "usual prefixes": "/rsm:CrossIndustryInvoice/ram:ID",
    "odd prefixes": "/_.é:CrossIndustryInvoice/a.b:ID",
    "prefixes changed on the way": "/a:CrossIndustryInvoice/a:ID",
    "two prefixes for one namespace": "/a:CrossIndustryInvoice/s:ID",
    "UBL": "/i:Invoice/ID",
    "credit note": "/CreditNote/b:ID",
    "lifecycle": "/c:CrossDomainAcknowledgementAndResponse/ram:ID",
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_path_has_the_prefixes_of_the_document(places, name):
    kind, document = SHAPES[name]
    (found,) = places(document, "/*/*[local-name() = 'ID']", kind=kind)
    assert (found.path, found.found, found.line) == (PATHS[name], "F1", 1)


def test_a_line_beyond_65535_is_right(places):
    document = INVOICE.replace(" <?note", "\n" * 70_000 + " <?note")
    (found,) = places(document, "//cac:InvoiceLine[1]/cbc:ID")
    assert found.line == 70_008


def test_the_last_of_a_hundred_thousand_siblings_is_found(places):
    document = INVOICE.replace("text between", "<cbc:ID/>" * 100_000)
    (found,) = places(document, "/*/cbc:ID[last()]")
    assert (found.path, found.line) == ("/Invoice/cbc:ID[100001]", 8)
    (found,) = places(document, "//cbc:Note")
    assert found.path == "/Invoice/cac:InvoiceLine[2]/cbc:Note"


def test_a_long_value_is_shown_cut(places):
    (found,) = places(INVOICE.replace("F1", "F" * 5_000), "/*/cbc:ID")
    assert found.found == "F" * 119 + "…"


def test_a_stylesheet_that_says_its_places_itself_is_understood(bench, tmp_path):
    said_by_path = f"{FIRED}<xsl:for-each select=\"//cbc:* | //@* | //comment()\"><svrl:failed-assert id='{MANY}' "
    said_by_path += 'location="{path()}"><svrl:text>no</svrl:text></svrl:failed-assert></xsl:for-each>'
    rules = catalogue_of(pack(tmp_path, stylesheet(said_by_path)), schema=False)
    found = said(bench.verdict(INVOICE, rules, profile="test").findings)
    second = "/Invoice/cac:InvoiceLine[2]"
    assert found == [
        (None, None, None),
        (4, "/Invoice", None),
        (6, "/Invoice/cbc:ID", "F1"),
        (6, "/Invoice/cbc:ID/@schemeID", "S1"),
        (6, "/Invoice/cbc:ID/@x:k", "K1"),
        (8, "/Invoice/cac:InvoiceLine[1]/cbc:ID", "1"),
        (9, f"{second}/@x:k", "K2"),
        (10, f"{second}/cbc:ID[1]", "2b"),
        (10, f"{second}/cbc:ID[1]/@xml:lang", "fr"),
        (10, f"{second}/cbc:ID[1]", "2b"),
        (12, f"{second}/cbc:ID[2]", "<3>"),
        (12, f"{second}/cbc:Note", None),
        (None, None, None),
    ]


def test_places_in_other_modes_and_templates_stay_what_they_are(bench, tmp_path):
    """A stylesheet may use accumulators and modes of its own."""
    own = (
        '<xsl:mode use-accumulators="mine" on-no-match="shallow-skip"/>'
        '<xsl:accumulator name="mine" initial-value="0"><xsl:accumulator-rule match="cbc:ID" select="$value + 1"/>'
        "</xsl:accumulator>"
    )
    body = fails("R-1", at="//cbc:Note", message="<xsl:value-of select=\"accumulator-before('mine')\"/> before")
    head = HEAD.replace('version="2.0"', 'version="3.0"')
    rules = catalogue_of(pack(tmp_path, stylesheet(body, own, head=head)), schema=False)
    (found,) = bench.verdict(INVOICE, rules, profile="test").findings
    assert (found.message, found.path) == ("4 before", "/Invoice/cac:InvoiceLine[2]/cbc:Note")


@pytest.mark.parametrize(
    "location",
    [
        *("", "0", "5", "999999999", "9999999999", "-1", "1.5", "one", "1 ", "/Q{}b[1]", "/Q{urn:a}a[2]"),
        *("/Q{urn:a}a[0]", "/*:a[1]", "/a[1]", "/Q{urn:a}a[1]/Q{}c[99999999999999999999]", "/Q{urn:a}a", "Q{"),
        *("/Q{}[1]", "/@a"),
    ],
)
def test_a_place_that_leads_nowhere_is_none(location):
    root = etree.fromstring('<a xmlns="urn:a"><b/><c/></a>')
    assert place(root, location) == Place()


@pytest.mark.parametrize("location", ["2/@Q{}gone", "2/@gone", "/Q{urn:a}a[1]/Q{urn:a}b[1]/@gone"])
def test_an_attribute_that_is_not_there_has_a_path_and_no_value(location):
    root = etree.fromstring('<a xmlns="urn:a"><b/><c/></a>')
    assert place(root, location) == Place(1, "/a/b/@gone", None)


def test_many_places_come_in_the_order_asked():
    root = etree.fromstring("<a><b>1</b><!-- --><c>2</c>\n<d>3</d></a>")
    found = places_of(root, ["4", "/", "2", "nowhere", "4", "/Q{}a[1]/Q{}c[1]", "3"])
    assert [each.path for each in found] == ["/a/d", "/", "/a/b", None, "/a/d", "/a/c", "/a/c"]
    assert [each.found for each in found] == ["3", None, "1", None, "3", "2", "2"]
    assert places_of(root, []) == []


NAMES = st.sampled_from(["cbc:ID", "cbc:Note", "cac:Party", "Invoice", "p:ID", "é"])
LEAVES = st.sampled_from(["", "x", "\n", "<!-- c -->", "<?p q?>", "a<!-- b -->c", " \n <?p?> "])
TREES = st.recursive(
    st.tuples(NAMES, LEAVES.map(lambda leaf: [leaf])),
    lambda inner: st.tuples(NAMES, st.lists(inner | LEAVES, max_size=4)),
    max_leaves=25,
)


def written(tree, count: list[int]) -> str:
    """Write a tree; every element has a number of its own in the attribute k, and one in o:k."""
    name, inner = tree
    count[0] += 1
    start = f'<{name} k="{count[0]}" o:k="o{count[0]}">'
    return start + "".join(each if isinstance(each, str) else written(each, count) for each in inner) + f"</{name}>"


def followed(root: etree._Element, path: str) -> tuple[etree._Element, str | None]:
    """Follow a path as a reader would: by the names that the document writes."""
    steps, _, attribute = path.partition("/@")
    found = root.xpath("/" + "/".join(f"*[name()='{name}'][{number or 1}]" for name, number in STEP.findall(steps)))
    (element,) = found
    return element, attribute or None


@settings(
    deadline=None,
    max_examples=60,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tree=st.lists(TREES, max_size=4), behind=st.sampled_from(["", "<!-- behind -->", "<?behind?>"]))
def test_every_element_and_attribute_of_any_document_is_found(places, tree, behind):
    spaces = f'xmlns="{UBL}Invoice-2" xmlns:cbc="{UBL}CommonBasicComponents-2" xmlns:p="{UBL}CommonBasicComponents-2" '
    spaces += f'xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:o="urn:o"'
    count = [1]
    inner = "".join(written(each, count) for each in tree)
    document = f'<!-- before --><Invoice {spaces} k="1" o:k="o1">{inner}</Invoice>{behind}'
    root = etree.fromstring(document)
    found = places(document, "//* | //@*", message="<xsl:value-of select=\"concat(name(.), ' ', (@k, .)[1])\"/>")
    assert len(found) == 3 * count[0]
    for finding in found:
        element, attribute = followed(root, finding.path)
        name, _, value = finding.message.partition(" ")
        assert finding.line == element.sourceline
        if attribute is None:
            assert (name, value) == (
                f"{element.prefix}:" * bool(element.prefix) + etree.QName(element).localname,
                element.get("k"),
            )
        else:
            assert (attribute, finding.found) == (name, value)
            assert value in {element.get("k"), element.get("{urn:o}k")}
