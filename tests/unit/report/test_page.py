"""The page: complete, readable without a script, harmless whatever a document says, and never huge."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from html.parser import HTMLParser

import pytest
from lxml import etree, html

from edid.report import page
from edid.report.page import MOST_ROWS, MOST_SECTIONS, render
from edid.report.sections import Budget
from edid.report.words import LANGUAGES, word
from edid.validation.explanations import explain
from edid.validation.verdict import Finding, Severity, concluded
from tests.unit.report.verdicts import INVALID, NORM_PACK, SILENT, VALID, hostile, judged, many

SOURCE = b"<Invoice>\n<two/>\n<three/>\n<four/>\n<cbc:TaxInclusiveAmount>120.00</cbc:TaxInclusiveAmount>\n</Invoice>"


def parsed(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def said(element: etree._Element, language: str) -> str:
    """What a reader of `language` sees of an element."""
    other = "en" if language == "fr" else "fr"
    copy = html.fromstring(etree.tostring(element))
    for hidden in copy.xpath(f"//*[@class='{other}']"):
        hidden.drop_tree()
    return " ".join(copy.text_content().split())


class Strict(HTMLParser):
    """Refuses an element that is not closed, closed twice or closed out of order, and an id that is used twice."""

    VOID = frozenset({"meta", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        identity = dict(attrs).get("id")
        assert identity is None or identity not in self.ids
        self.ids.add(identity)
        if tag not in self.VOID:
            assert tag != "p" or "p" not in self.open
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_well_formed(everything, real):
    strict = Strict()
    strict.feed(render([*everything, *real, hostile(), judged(many(3_000, rules=200), source=SOURCE)], language="fr"))
    strict.close()
    assert strict.open == []
    assert len(strict.ids) > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_has_a_row_a_document_with_its_outcome_and_counts(everything, language):
    root = parsed(render(everything, language=language))
    rows = [[said(cell, language) for cell in row.xpath("td")] for row in root.xpath("(//table)[1]/tbody/tr")]
    assert rows == [
        ["good.xml", "ubl-invoice", "F-1", word(language, "valid"), "0", "0", "0"],
        ["bad.xml", "ubl-invoice", "F-1", word(language, "invalid"), "1", "1", "0"],
        ["flow.tar.gz!held.xml", "ubl-invoice", "F-1", word(language, "not judged"), "0", "0", "0"],
    ]


def test_every_link_leads_to_a_section_of_the_page(everything):
    root = parsed(render(everything, language="en"))
    links = root.xpath("//a/@href")
    assert len(links) == 3
    assert [link.removeprefix("#") for link in links] == root.xpath("//section/@id")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_is_explained_in_both_languages_and_shows_its_line(language):
    root = parsed(render([judged(INVALID, source=SOURCE)], language="en"))
    (first, _) = root.xpath("//article")
    text = said(first, language)
    explanation = explain("BR-CO-15")
    for part in (explanation.meaning(language), explanation.remedy(language), "BT-112", "120.00", "119.00"):
        assert " ".join(part.split()) in text
    (mark,) = first.xpath(".//mark")
    assert mark.text_content() == "▶ 5<cbc:TaxInclusiveAmount>120.00</cbc:TaxInclusiveAmount>"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_pack_has_its_version_its_hash_and_what_it_said(language):
    root = parsed(render([judged(SILENT)], language=language))
    rows = [[said(cell, language) for cell in row.xpath("td")] for row in root.xpath("//section//tbody/tr")]
    assert rows == [
        ["UBL-Invoice", "2.1", "ab" * 8, word(language, "pack clean")],
        ["BR-FR-UBL", "1.3.0", "ef" * 8, word(language, "pack silent")],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_checked_stands_in_a_box_of_its_own(language, refused):
    for item, reason in ((judged(SILENT), "ran out of memory"), (refused, "there is no rule pack")):
        (box,) = parsed(render([item], language=language)).xpath("//div[@class='unchecked']")
        assert said(box, language).startswith(word(language, "unchecked"))
        assert reason in said(box, language)


def test_a_document_that_was_not_judged_is_never_called_valid(refused):
    for item in (judged(SILENT), refused):
        root = parsed(render([item], language="fr"))
        for part in (*root.xpath("//section"), *root.xpath("(//table)[1]/tbody")):
            assert not re.search(r"\bvalid", etree.tostring(part, encoding="unicode"), re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_asked_for_is_chosen_and_everything_is_said_in_both(everything, language):
    root = parsed(render(everything, language=language))
    assert root.get("lang") == language
    assert root.xpath("//input[@checked]/@id") == [f"choose-{language}"]
    french, english = root.xpath("//main//*[@class='fr']"), root.xpath("//main//*[@class='en']")
    assert len(french) == len(english) > 0
    assert {node.get("lang") for node in french} == {"fr"}


def test_the_switch_needs_no_script_and_hides_one_language():
    text = render([], language="en")
    assert "<script" not in text
    assert "#choose-fr:checked ~ main .en, #choose-en:checked ~ main .fr { display: none; }" in text
    body = parsed(text).find("body")
    assert [child.tag for child in body] == ["input", "label", "input", "label", "main"]
    assert [label.get("for") for label in body.findall("label")] == ["choose-fr", "choose-en"]


def test_nothing_is_fetched_from_anywhere(everything, real):
    items = [
        *everything,
        *real,
        hostile(),
        judged(INVALID, source=b'<a>\n<img src="https://x.example/p.png"/>\n\n\n<b/>'),
    ]
    text = render(items, language="en")
    root = parsed(text)
    assert not root.xpath("//script|//link|//img|//iframe|//object|//embed|//form|//base|//svg|//video|//audio")
    assert all(link.startswith("#") for link in root.xpath("//@href"))
    assert not root.xpath("//@src|//@srcset|//@style|//@*[starts-with(name(), 'on')]")
    assert not re.search(r"url\(|@import", page._style())


def test_the_policy_allows_nothing_but_the_style_of_the_page():
    root = parsed(render([], language="en"))
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = root.xpath("//style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_markup_in_a_document_stays_text():
    root = parsed(render([hostile()], language="fr"))
    assert not root.xpath("//script")
    assert "<script>alert(1)</script>" in root.text_content()
    assert len(root.xpath("//section")) == 1


def test_no_control_character_reaches_the_page():
    text = render([hostile()], language="fr")
    assert not any((sign < " " and sign != "\n") or "\x7f" <= sign <= "\x9f" or sign in "\u202e\ufffe" for sign in text)
    assert text.encode()


def test_braces_of_a_document_are_no_template():
    finding = Finding("{{ 7 * 7 }}", Severity.FATAL, "{% raw %}{{ 7 * 7 }}", found="{{ 7 * 7 }}")
    text = parsed(render([judged(concluded([NORM_PACK], [finding]), "{{ 7 * 7 }}")], language="en")).text_content()
    assert "49" not in text
    assert text.count("{{ 7 * 7 }}") >= 4


def test_a_document_without_source_is_told_without_lines():
    assert not parsed(render([judged(INVALID)], language="en")).xpath("//pre")


def test_a_valid_document_without_findings_says_so():
    (section,) = parsed(render([judged(VALID)], language="en")).xpath("//section")
    assert said(section, "en").endswith("No findings.")


@pytest.mark.parametrize("rules", [1, 40, 10_000])
def test_ten_thousand_findings_make_a_small_page_that_counts_what_it_leaves_out(rules):
    verdict = many(10_000, rules=rules)
    text = render([judged(verdict, source=b"<Line>x</Line>\n" * 10_000)], language="en")
    assert len(text) < 5_000_000
    root = parsed(text)
    assert root.xpath("(//table)[1]/tbody/tr/td[5]")[0].text == "10000"
    shown = len(root.xpath("//ol/li"))
    counts = [int(n) for n in re.findall(r"… and (\d+) more (?:places|findings)", root.text_content())]
    assert shown + sum(counts) == 10_000


def test_thousands_of_bad_documents_make_a_bounded_page():
    verdict = many(60, rules=6)
    source = b"<Line>" + b"x " * 400 + b"</Line>\n"
    text = render([judged(verdict, f"{n}.xml", source=source * 60) for n in range(6_000)], language="fr")
    assert len(text) < 20_000_000
    root = parsed(text)
    assert len(root.xpath("(//table)[1]/tbody/tr")) == MOST_ROWS
    assert len(root.xpath("//section")) == MOST_SECTIONS
    assert len(root.xpath("//ol/li")) == Budget().findings
    assert len(root.xpath("//pre")) == Budget().excerpts
    words = root.text_content()
    assert word("fr", "rows", count=1_000) in words
    assert word("fr", "details", count=5_500) in words


def test_bad_documents_are_shown_before_good_ones_when_not_all_fit():
    good = [judged(VALID, f"good{n}.xml") for n in range(MOST_ROWS)]
    root = parsed(render([*good, judged(INVALID, "bad.xml"), judged(SILENT, "held.xml")], language="en"))
    names = [name.text_content() for name in root.xpath("(//table)[1]/tbody/tr/td[1]")]
    assert names[-2:] == ["bad.xml", "held.xml"]
    assert {"document-5001", "document-5002"} <= set(root.xpath("//section/@id"))


def test_a_source_is_opened_once_a_document():
    opened = []

    def source() -> io.BytesIO:
        opened.append(1)
        return io.BytesIO(SOURCE)

    item = judged(INVALID)
    render([type(item)(item.name, item.kind, item.number, item.verdict, source)], language="en")
    assert opened == [1]


def test_real_verdicts_show_the_line_that_is_wrong(real):
    root = parsed(render(real, language="fr"))
    marked = [mark.text_content() for mark in root.xpath("//mark")]
    assert any("31/08/2026" in line for line in marked)
    assert any("1 234,56" in line for line in marked)
