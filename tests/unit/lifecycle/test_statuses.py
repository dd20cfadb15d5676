from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.lifecycle.flow_reports import FlowReport, flow_meaning, flow_report
from edid.lifecycle.statuses import interpret
from edid.lifecycle.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("code", "canonical"),
    [
        ("01", "DEPOSEE"),
        ("02", "EN_COURS_ACHEMINEMENT"),
        ("03", "MISE_A_DISPOSITION"),
        ("04", "A_RECYCLER"),
        ("05", "REJETEE"),
        ("06", "SUSPENDUE"),
        ("07", "SERVICE_FAIT"),
        ("08", "MANDATEE"),
        ("09", "MISE_A_DISPOSITION_COMPTABLE"),
        ("10", "COMPTABILISEE"),
        ("11", "MISE_EN_PAIEMENT"),
        ("12", "COMPLETEE"),
        ("13", "VALIDEE_1"),
        ("14", "REFUSEE_1"),
        ("1", "DEPOSEE"),  # the schema compares values
        (" 06 ", "SUSPENDUE"),
    ],
)
def test_a_documented_number_has_its_meaning(code, canonical):
    meaning = interpret(code)
    assert meaning.canonical == canonical
    assert meaning.resolved_by == "code"
    assert not meaning.ambiguous
    assert meaning.code == code
    assert meaning.label_fr
    assert meaning.label_en


@pytest.mark.parametrize(
    ("code", "alternatives"),
    [
        ("17", ["REFUSEE_2", "REJETEE"]),
        ("18", ["VALIDEE_2", "MANDATEE"]),
        ("37", ["NON_CONFORME", "SERVICE_FAIT"]),
        ("32", ["COMPLETEE"]),
        ("16", ["SUSPENDUE"]),
        ("15", ["A_RECYCLER"]),
    ],
)
def test_a_number_that_two_numberings_claim_is_never_decided_in_silence(code, alternatives):
    meaning = interpret(code, version="V1_19", interface="FEN1200A")
    assert meaning.canonical is None
    assert meaning.ambiguous
    assert [alternative.canonical for alternative in meaning.alternatives] == alternatives
    assert code in meaning.label_fr
    assert all(alternative.label_fr in meaning.label_fr for alternative in meaning.alternatives)
    assert all(alternative.label_en in meaning.label_en for alternative in meaning.alternatives)


@pytest.mark.parametrize(
    ("code", "label", "canonical"),
    [
        ("17", "Rejetée", "REJETEE"),
        ("17", "REFUSEE_2", "REFUSEE_2"),
        ("17", "refusee par le second valideur.", "REFUSEE_2"),
        ("18", "Mandatée / DP validée", "MANDATEE"),
        ("37", "NON CONFORME_NON_INTEGRE", "NON_CONFORME"),
        ("37", "Service fait", "SERVICE_FAIT"),
        ("32", "Complétée", "COMPLETEE"),
    ],
)
def test_the_label_beside_an_ambiguous_number_decides(code, label, canonical):
    meaning = interpret(code, label=label)
    assert meaning.canonical == canonical
    assert meaning.resolved_by == "label"
    assert meaning.alternatives == ()


@pytest.mark.parametrize("label", ["", "Autre chose", "Suspendue", "?"])
def test_a_label_that_names_none_of_the_meanings_decides_nothing(label):
    assert interpret("17", label=label).canonical is None


def test_a_label_that_contradicts_a_documented_number_makes_it_ambiguous():
    meaning = interpret("11", label="Déposée")
    assert meaning.canonical is None
    assert [alternative.canonical for alternative in meaning.alternatives] == ["MISE_EN_PAIEMENT", "DEPOSEE"]


def test_an_unrelated_label_leaves_a_documented_number_alone():
    assert interpret("07", label="Vu par M. Martin").canonical == "SERVICE_FAIT"


@pytest.mark.parametrize("code", ["33", "41", "99", "", "ABC", "²", "-1", "0x11", "9" * 5000])
def test_an_unknown_code_is_shown_as_written(code):
    meaning = interpret(code, label="n'importe quoi")
    assert meaning.canonical is None
    assert not meaning.ambiguous
    assert meaning.code == code
    assert meaning.label_fr == meaning.label_en == (code or "?")


@given(st.text(), st.none() | st.text(), st.none() | st.text(), st.none() | st.text())
def test_no_text_makes_the_interpretation_crash(code, version, interface, label):
    meaning = interpret(code, "cpp-statut", version, interface, label)
    assert meaning.code == code
    assert meaning.canonical is None or not meaning.ambiguous


def test_the_historical_numbering_is_used_when_it_is_asked_for():
    assert interpret("17", "chorus-historical").canonical == "REJETEE"
    assert interpret("37", "chorus-historical").canonical == "SERVICE_FAIT"
    inferred = interpret("12", "chorus-historical")
    assert inferred.canonical is None
    assert inferred.alternatives[0].confidence == "low"


def test_no_number_decides_on_an_interface_whose_schema_nobody_published():
    assert interpret("05", interface="FEN1201A").canonical is None
    assert interpret("05", interface="FEN1201A", label="Rejetée").canonical == "REJETEE"


@pytest.mark.parametrize(("version", "is_known"), [(None, True), ("V1_19", True), ("V2_00", False)])
def test_a_version_that_the_vocabulary_was_not_made_for_is_told(version, is_known):
    meaning = interpret("01", version=version)
    assert meaning.canonical == "DEPOSEE"
    assert meaning.known_version is is_known


def test_every_entry_of_the_vocabulary_names_a_status_that_exists_and_fits_the_journal():
    words = vocabulary()
    for numbering in words.numberings.values():
        assert {entry.status for entry in numbering.codes.values()} <= set(words.statuses)
    assert all(len(name) <= 40 for name in words.statuses)


@pytest.mark.parametrize(
    ("code", "report"),
    [
        ("90", FlowReport.RECEIVED),  # received is not integrated
        ("91", FlowReport.IN_TRANSIT),
        ("92", FlowReport.INTEGRATED),
        ("93", FlowReport.REFUSED),
        ("94", FlowReport.REFUSED),
        ("95", FlowReport.REFUSED),
        ("96", FlowReport.PARTLY_INTEGRATED),
        (" 96\n", FlowReport.PARTLY_INTEGRATED),
        ("97", FlowReport.UNKNOWN),
        ("", FlowReport.UNKNOWN),
    ],
)
def test_the_word_about_a_flow_amounts_to_its_report(code, report):
    assert flow_report(code) is report


def test_an_unknown_word_about_a_flow_is_its_own_label():
    assert flow_meaning("97").label_fr == flow_meaning("97").label_en == "97"
    assert flow_meaning("96").label_fr == "Reçu - intégration partielle"
