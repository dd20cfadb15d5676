"""Whatever an invoice holds, rules answer, and what they say stays short."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=40),
    st.sampled_from(
        ["", "9" * 60, "73282932000074", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "A9", "S5", "2026-02-30", "99990101", "x" * 5000]
    ),
)
SCHEMES = st.one_of(TEXTS, st.sampled_from(["1", "2", "0002", "0009", "0226", "ETR"]))


def test_any_values_are_judged(places, drafts):
    @given(
        st.sampled_from(["ubl", "cii"]), st.dictionaries(st.sampled_from(places), st.tuples(TEXTS, SCHEMES), max_size=8)
    )
    @settings(max_examples=200, deadline=None)
    def judged(syntax, values):
        draft = drafts(syntax)
        for place, (text, scheme) in values.items():
            draft.write(place, text, schemeID=scheme)
            draft.attach(text, text)
        for pack in ("CHORUS-PRO", "BR-FR-CPRO"):
            for environment in ("production", "qualification"):
                for finding in draft.findings(pack, environment):
                    assert finding.pack == pack
                    assert len(finding.found or "") <= 120
                    assert len(finding.message) <= 400
                    assert finding.message.isprintable()

    judged()


def test_thousands_of_identifiers_are_judged_once_each(drafts):
    draft = drafts("cii")
    for number in range(9_000):
        draft.add("supplier", f"{number:014d}", schemeID="1")
        draft.add("recipient", f"{number:014d}", schemeID="1")
    findings = draft.findings()
    assert {finding.rule for finding in findings} == {"CPP-SUPPLIER-LUHN"}
    assert len(findings) == 20
