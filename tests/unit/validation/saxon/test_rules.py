"""What rules say of a document, and what is made of rules that do not say anything."""

from __future__ import annotations

import pytest

from edid.validation.packs import Stage, Weighing
from edid.validation.saxon.svrl import LISTED
from edid.validation.verdict import VALIDATOR_FAULT, Outcome, Severity
from tests.unit.validation.bench import holds_together
from tests.unit.validation.stylesheets import FIRED, HEAD, UBL, catalogue_of, fails, pack, stylesheet

VALID, INVALID, NOT_JUDGED = Outcome.VALID, Outcome.INVALID, Outcome.NOT_JUDGED
FATAL, WARNING, INFORMATION = Severity.FATAL, Severity.WARNING, Severity.INFORMATION
NOTES = 30
INVOICE = f"""<Invoice xmlns="{UBL}Invoice-2" xmlns:cbc="{UBL}CommonBasicComponents-2"
 xmlns:cac="{UBL}CommonAggregateComponents-2"><cbc:ID>F1</cbc:ID><cbc:IssueDate>2026-11-23</cbc:IssueDate>
{"<cbc:Note>n</cbc:Note>" * NOTES}<cac:AccountingSupplierParty/><cac:AccountingCustomerParty/>
<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">1</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount currencyID="EUR">1</cbc:LineExtensionAmount>
<cac:Item/></cac:InvoiceLine></Invoice>"""
THREE = HEAD.replace('version="2.0"', 'version="3.0"')


@pytest.fixture
def ask(bench, tmp_path):
    """Judge the invoice by stylesheets, the first as core rules, the second as French ones, and so on."""

    def _ask(*texts: str | bytes, schema: bool = False, fields: dict | None = None, **modes: Severity):
        stages = (Stage.CORE, Stage.FRANCE, Stage.B2G, Stage.LIFECYCLE)
        packs = [
            pack(tmp_path, text, f"P{number}", stage=stage, **(fields or {}))
            for number, (text, stage) in enumerate(zip(texts, stages, strict=False), 1)
        ]
        verdict = bench.verdict(INVOICE, catalogue_of(*packs, schema=schema, **modes), profile="test")
        holds_together(verdict)
        return verdict

    return _ask


def outcomes(verdict) -> list[Outcome]:
    return [used.outcome for used in verdict.packs]


@pytest.mark.parametrize("tag", ["failed-assert", "successful-report"])
@pytest.mark.parametrize(
    ("flag", "severity", "outcome"),
    [
        ("fatal", FATAL, INVALID),
        ("error", FATAL, INVALID),
        ("warning", WARNING, VALID),
        ("information", INFORMATION, VALID),
        ("", FATAL, INVALID),
    ],
)
def test_the_flag_of_a_rule_decides(ask, tag, flag, severity, outcome):
    verdict = ask(stylesheet(fails("R-1", flag, tag=tag)))
    assert [(each.rule, each.severity, each.pack) for each in verdict.findings] == [("R-1", severity, "P1")]
    assert (verdict.outcome, outcomes(verdict), verdict.packs[0].broken) == (outcome, [outcome], 1)


def test_asserts_and_reports_of_one_answer_are_all_findings(ask):
    verdict = ask(stylesheet(fails("R-1", "warning") + fails("R-2", tag="successful-report") + fails("R-3", "info")))
    assert [(each.rule, each.severity) for each in verdict.findings] == [
        ("R-1", WARNING),
        ("R-2", FATAL),
        ("R-3", INFORMATION),
    ]


def test_a_profile_takes_weight_off_and_a_pack_gives_and_takes(ask):
    text = stylesheet(fails("R-1") + fails("R-2", "warning") + fails("S-1", "") + fails("T-1"))
    weighings = (Weighing("R-2", FATAL), Weighing("S-*", INFORMATION, unflagged_only=True), Weighing("T-*", None))
    said = {each.rule: each.severity for each in ask(text, fields={"weighings": weighings}).findings}
    assert said == {"R-1": FATAL, "R-2": FATAL, "S-1": INFORMATION}
    said = {each.rule: each.severity for each in ask(text, fields={"weighings": weighings}, core=WARNING).findings}
    assert said == {"R-1": WARNING, "R-2": WARNING, "S-1": INFORMATION}


def test_rules_that_met_something_and_object_to_nothing_are_valid(ask):
    verdict = ask(stylesheet(FIRED))
    assert (verdict.outcome, verdict.findings) == (VALID, ())


@pytest.mark.parametrize(
    "body",
    [
        "",
        '<svrl:active-pattern name="a"/><svrl:ns-prefix-in-attribute-values uri="urn:a" prefix="a"/>',
        '<xsl:if test="/other"><svrl:fired-rule context="/other"/></xsl:if>',
    ],
)
def test_rules_that_met_nothing_have_not_judged(ask, body):
    verdict = ask(stylesheet(body))
    assert (verdict.outcome, outcomes(verdict), verdict.findings) == (NOT_JUDGED, [NOT_JUDGED], ())
    assert verdict.not_judged_because == "P1 1: none of its rules is about anything in this document."
    assert outcomes(ask(stylesheet(FIRED), stylesheet(body))) == [VALID, NOT_JUDGED]


@pytest.mark.parametrize(
    "text",
    [
        f'{HEAD}<xsl:template match="/"/></xsl:stylesheet>',
        f'{HEAD}<xsl:template match="/">no XML</xsl:template></xsl:stylesheet>',
        f'{HEAD}<xsl:template match="/"><html/></xsl:template></xsl:stylesheet>',
        f'{HEAD}<xsl:template match="/"><svrl:schematron-output/><a/></xsl:template></xsl:stylesheet>',
        stylesheet(FIRED, '<xsl:output method="text"/>'),
        f"{HEAD}</xsl:stylesheet>",
    ],
)
def test_an_answer_that_is_none_judges_nothing(ask, text):
    verdict = ask(text, stylesheet(FIRED))
    assert (verdict.outcome, outcomes(verdict)) == (NOT_JUDGED, [NOT_JUDGED, VALID])
    assert "no SVRL" in verdict.not_judged_because


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ('<xsl:message terminate="yes">stop at <xsl:value-of select="/*/cbc:ID"/></xsl:message>', "stop at F1"),
        ("<xsl:value-of select=\"error(QName('urn:my', 'my:E1'), 'because')\"/>", "because"),
        ('<xsl:value-of select="xs:date(/*/cbc:ID)"/>', "Invalid date"),
        ('<xsl:value-of select="xs:decimal(/*/cbc:ID) * 2"/>', 'Cannot convert string "F1"'),
        ('<xsl:value-of select="string(//cbc:Note)"/>', "more than one item"),
        ('<xsl:value-of select="upper-case(//cbc:Note)"/>', "more than one item"),
        ('<xsl:value-of select="exactly-one(/*/cbc:Nothing)"/>', "empty sequence"),
        ('<xsl:value-of select="1 idiv (count(/*) - 1)"/>', "zero"),
        ('<xsl:value-of select="my:endless(1)"/>', "nested"),
    ],
)
def test_rules_that_break_off_are_a_fault_of_theirs_with_its_cause(ask, body, cause):
    endless = '<xsl:function name="my:endless"><xsl:param name="n"/><xsl:sequence select="1 + my:endless($n + 1)"/>'
    broken = stylesheet(fails("R-1") + body, f"{endless}</xsl:function>", head=THREE)
    verdict = ask(broken, stylesheet(FIRED))
    assert (verdict.outcome, outcomes(verdict)) == (NOT_JUDGED, [NOT_JUDGED, VALID])
    (fault,) = verdict.findings
    assert (fault.rule, fault.severity, fault.pack) == (VALIDATOR_FAULT, WARNING, "P1")
    assert cause in fault.message
    assert cause in verdict.packs[0].because
    assert "R-1" not in repr(verdict), "what they said before is not known to be all"


def test_other_rules_still_make_a_document_invalid(ask):
    stop = stylesheet('<xsl:message terminate="yes">stop</xsl:message>')
    verdict = ask(stop, stylesheet(fails("R-1")), stylesheet(""), stylesheet(FIRED), schema=True)
    assert verdict.outcome is INVALID
    assert outcomes(verdict) == [VALID, NOT_JUDGED, INVALID, NOT_JUDGED, VALID]
    assert [each.rule for each in verdict.findings] == [VALIDATOR_FAULT, "R-1"]
    assert verdict.not_judged_because is None


def test_a_fault_of_rules_that_may_only_inform_is_an_information(ask):
    verdict = ask(stylesheet('<xsl:message terminate="yes">stop</xsl:message>'), stylesheet(FIRED), core=INFORMATION)
    assert (verdict.outcome, outcomes(verdict)) == (VALID, [NOT_JUDGED, VALID])
    assert [(each.rule, each.severity) for each in verdict.findings] == [(VALIDATOR_FAULT, INFORMATION)]


@pytest.mark.parametrize("talk", [3, 200, 20_000])
def test_the_cause_is_told_however_much_the_rules_said_before(ask, talk):
    chatter = f'<xsl:for-each select="1 to {talk}"><xsl:message>remark number <xsl:value-of select="."/></xsl:message>'
    verdict = ask(stylesheet(f'{chatter}</xsl:for-each><xsl:value-of select="xs:date(/*/cbc:ID)"/>', head=THREE))
    because = verdict.packs[0].because
    assert "Invalid date" in because
    assert len(because) < 600


def test_what_one_stylesheet_said_is_not_taken_for_the_cause_of_another(ask):
    talks = stylesheet(f"{FIRED}<xsl:message>a remark of the first</xsl:message>")
    verdict = ask(talks, stylesheet('<xsl:message terminate="yes">stop</xsl:message>'))
    assert outcomes(verdict) == [VALID, NOT_JUDGED]
    assert "a remark" not in repr(verdict)


@pytest.mark.parametrize(
    ("body", "declarations"),
    [
        ('<xsl:value-of select="1 +"/>', ""),
        ("<xsl:value-of select=\"my:unknown('x')\"/>", ""),
        ('<xsl:value-of select="$unknown"/>', ""),
        ('<xsl:unknown select="1"/>', ""),
        ("", '<xsl:template match="["/>'),
        ("", '<xsl:accumulator name="edid-place" initial-value="0"/>'),
    ],
)
def test_rules_that_do_not_compile_judge_nothing_and_the_others_do(ask, body, declarations):
    verdict = ask(stylesheet(FIRED + body, declarations), stylesheet(FIRED))
    assert (verdict.outcome, outcomes(verdict)) == (NOT_JUDGED, [NOT_JUDGED, VALID])
    assert "P1" in verdict.not_judged_because
    assert "do not compile" in verdict.not_judged_because
    assert outcomes(ask(stylesheet(FIRED))) == [VALID]


@pytest.mark.parametrize("count", [LISTED - 1, LISTED, LISTED + 1, NOTES])
def test_what_is_not_listed_is_counted_and_the_verdict_says_so(ask, count):
    verdict = ask(stylesheet(fails("R-1", at=f"//cbc:Note[position() &lt;= {count}]") + fails("R-2")))
    listed = min(count, LISTED)
    assert [each.rule for each in verdict.findings] == ["R-1"] * listed + ["R-2"]
    assert [each.path for each in verdict.findings[:-1]] == [f"/Invoice/cbc:Note[{n + 1}]" for n in range(listed)]
    assert verdict.truncated == (count > LISTED)
    assert verdict.packs[0].broken == count + 1


def test_what_a_pack_leaves_out_is_still_counted_but_not_listed(ask):
    verdict = ask(stylesheet(fails("R-1", at="//cbc:Note") + fails("R-2", "warning")),
                  fields={"weighings": (Weighing("R-1", None),)})  # fmt: skip
    assert [each.rule for each in verdict.findings] == ["R-2"]
    assert verdict.outcome is VALID


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "US-ASCII", "UTF-16", "UTF-16BE", "windows-1252"])
def test_an_answer_is_read_whatever_encoding_the_stylesheet_asks_for(ask, encoding):
    words = "Société \u00e9\u20ac\U0001f600"
    (found,) = ask(
        stylesheet(fails("R-1", message=words), f'<xsl:output method="xml" encoding="{encoding}"/>')
    ).findings
    assert found.message == words


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16"])
def test_a_stylesheet_is_read_in_its_own_encoding(ask, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{stylesheet(fails("R-1", message="Société"))}'
    assert ask(text.encode(encoding)).findings[0].message == "Société"


def test_a_stylesheet_that_asks_for_an_indented_answer_says_the_same(ask):
    body = fails("R-1", message='one <xsl:value-of select="/*/cbc:ID"/> two')
    found = ask(stylesheet(body, '<xsl:output method="xml" indent="yes" standalone="yes"/>')).findings
    assert [(each.message, each.path) for each in found] == [("one F1 two", "/Invoice")]
