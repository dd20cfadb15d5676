"""The answer of a stylesheet is read whole: asserts and reports, their flags, how many there were."""

from __future__ import annotations

import pytest

from edid.validation.saxon.svrl import LISTED, UNNAMED_REPORT, Spoken, read
from edid.validation.verdict import Severity

FATAL, WARNING, INFORMATION = Severity.FATAL, Severity.WARNING, Severity.INFORMATION


def answer(*parts: str) -> str:
    return (
        f'<svrl:schematron-output xmlns:svrl="http://purl.oclc.org/dsdl/svrl">{"".join(parts)}</svrl:schematron-output>'
    )


def objection(attributes: str = 'id="R-1"', text: str = "no good", tag: str = "failed-assert") -> str:
    return f"<svrl:{tag} {attributes}><svrl:text>{text}</svrl:text></svrl:{tag}>"


FIRED = '<svrl:fired-rule context="/"/>'


def test_asserts_and_reports_are_read_in_their_order():
    found = read(
        answer(
            FIRED,
            objection('id="A" flag="fatal" location="3"'),
            FIRED,
            objection('id="B" flag="warning" location="1"', "a report", "successful-report"),
            objection('id="C" location="2"'),
        )
    )
    assert found.spoken == (
        Spoken("A", FATAL, "no good", "3"),
        Spoken("B", WARNING, "a report", "1"),
        Spoken("C", None, "no good", "2"),
    )
    assert (found.total, found.fired) == (3, 2)


@pytest.mark.parametrize("tag", ["failed-assert", "successful-report"])
@pytest.mark.parametrize(
    ("attributes", "flag"),
    [
        ('flag="fatal"', FATAL),
        ('flag="error"', FATAL),
        ('flag="warning"', WARNING),
        ('flag="warn"', WARNING),
        ('flag="information"', INFORMATION),
        ('flag="info"', INFORMATION),
        ('flag=" FATAL "', FATAL),
        ('flag="Warning"', WARNING),
        ('role="warning"', WARNING),
        ('flag="" role="info"', INFORMATION),
        ('flag="fatal" role="warning"', FATAL),
        ('flag=""', None),
        ('flag="grave"', None),
        ("", None),
    ],
)
def test_a_flag_is_read_as_a_severity_and_none_that_is_unknown(attributes, flag, tag):
    (spoken,) = read(answer(objection(f'id="A" {attributes}', tag=tag))).spoken
    assert spoken.flag is flag


@pytest.mark.parametrize(
    ("attributes", "text", "rule"),
    [
        ('id="BR-01"', "[BR-02]-told otherwise", "BR-01"),
        ("", "[BR-02]-An invoice shall ...", "BR-02"),
        ('id=""', "\n  [BR-FR-08_BT-23] Cadre", "BR-FR-08_BT-23"),
        ("", "An invoice [BR-02] shall ...", UNNAMED_REPORT),
        ("", "[B]", UNNAMED_REPORT),
        ("", f"[B{'R' * 70}]", UNNAMED_REPORT),
        ("", "[BR 02] two words", UNNAMED_REPORT),
        ("", "", UNNAMED_REPORT),
    ],
)
def test_a_rule_without_id_is_named_by_its_text(attributes, text, rule):
    (spoken,) = read(answer(objection(attributes, text))).spoken
    assert spoken.rule == rule


def test_a_message_is_on_one_line_and_has_an_end():
    long = "word " * 1_000
    (spoken,) = read(answer(objection(text=f"\n  {long}<a>inside</a>\u00a0 end "))).spoken
    assert spoken.message.startswith("word word")
    assert len(spoken.message) == 1_500
    (short,) = read(answer(objection(text="\n one\n\t <a>two</a>  three <!-- four --> "))).spoken
    assert short.message == "one two three"


def test_some_of_each_rule_are_listed_and_all_are_counted():
    many = [objection(f'id="A" flag="fatal" location="{number}"') for number in range(LISTED + 5)]
    few = [objection('id="B"', tag="successful-report")] * 2
    found = read(answer(*many, *few))
    assert [spoken.location for spoken in found.spoken if spoken.rule == "A"] == [str(n) for n in range(LISTED)]
    assert len(found.spoken) == LISTED + 2
    assert found.total == LISTED + 7


def test_the_warnings_of_a_rule_do_not_push_out_what_is_fatal():
    found = read(answer(*[objection('id="A" flag="warning"')] * (LISTED + 5), objection('id="A" flag="fatal"')))
    assert [spoken.flag for spoken in found.spoken] == [WARNING] * LISTED + [FATAL]
    assert found.total == LISTED + 6


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "no XML",
        "<svrl:schematron-output/>",
        '<schematron-output xmlns="urn:other"/>',
        "<html><body>an error page</body></html>",
        answer()[:-3],
        answer(FIRED) + "more",
        '<!DOCTYPE a [<!ENTITY e "x">]>' + answer("&f;"),
    ],
)
def test_what_is_no_answer_is_told(text):
    with pytest.raises(ValueError, match="no SVRL"):
        read(text)


def test_an_answer_without_anything_says_that_nothing_fired():
    assert read(answer()) == ((), 0, 0)
    assert read(answer('<svrl:active-pattern name="a"/>')).fired == 0


def test_an_entity_in_an_answer_is_not_replaced():
    text = '<!DOCTYPE a [<!ENTITY e "x">]>' + answer(objection(text="&e;"))
    assert read(text).spoken[0].message != "x"


def test_a_hundred_thousand_objections_are_read():
    found = read(answer(*[objection()] * 100_000))
    assert (len(found.spoken), found.total) == (LISTED, 100_000)
