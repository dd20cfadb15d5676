"""One vocabulary, several dialects: what each says, and what none of them decides."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edid.documents.identify import identify
from edid.documents.kinds import Kind
from edid.lifecycle.equivalents import afnor_code, chorus_status
from edid.lifecycle.flow_reports import FlowReport, flow_meaning, flow_report
from edid.lifecycle.statuses import interpret
from edid.lifecycle.vocabulary import vocabulary

DIALECTS = ("cpp-statut", "chorus-historical", "chorus-api", "cdar", "flow-state")
RULES = resources.files("pyfrctc") / "cdar-schematron" / "BR-FR-CDV-Schematron-CDAR.xslt"
LISTED = re.search(r"invoice-status-codes[^>]*select=\"'([^']+)'", RULES.read_text(encoding="utf-8"))
CDAR = LISTED[1].split() if LISTED else []


def test_the_dialects_are_known():
    assert vocabulary().dialects == set(DIALECTS)


def test_the_official_list_of_codes_was_found():
    assert {"200", "228", "501", "601"} <= set(CDAR)


@pytest.mark.parametrize("code", CDAR)
def test_every_code_that_the_official_rules_accept_is_understood(code):
    meaning = interpret(code, "cdar")
    assert meaning.canonical is not None
    assert not meaning.ambiguous
    assert meaning.label_fr != code
    assert meaning.label_en != code


@pytest.mark.parametrize(
    ("code", "dialect", "canonical"),
    [
        ("05", "cpp-statut", "REJETEE"),
        ("17", "chorus-historical", "REJETEE"),
        ("REJETEE", "chorus-api", "REJETEE"),
        ("210", "cdar", "REFUSEE"),
        ("213", "cdar", "REJETEE_PLATEFORME"),
    ],
)
def test_a_refusal_by_the_recipient_and_a_rejection_by_a_platform_are_never_mixed_up(code, dialect, canonical):
    assert interpret(code, dialect).canonical == canonical


@pytest.mark.parametrize(
    ("code", "canonical"),
    [
        ("MISE_EN_PAIEMENT", "MISE_EN_PAIEMENT"),
        (" mise_en_paiement\n", "MISE_EN_PAIEMENT"),
        ("ABSENCE_VALIDATION_MOE_DELAI_REGLEMENTAIRE", "ABSENCE_VALIDATION_MOE_HORS_DELAI"),
        ("NOUVEAU_STATUT", None),
    ],
)
def test_a_name_of_the_api_is_its_own_code(code, canonical):
    assert interpret(code, "chorus-api").canonical == canonical


@pytest.mark.parametrize(
    ("code", "dialect"),
    [
        ("999", "cdar"),
        ("210", "cpp-statut"),
        ("05", "cdar"),
        ("04", "flow-state"),
        ("A_RECYCLER", "cdar"),
        ("XX", "vf"),
    ],
)
def test_a_code_of_another_dialect_is_shown_as_written_and_never_guessed(code, dialect):
    meaning = interpret(code, dialect)
    assert meaning.canonical is None
    assert not meaning.ambiguous
    assert meaning.label_fr == meaning.label_en == code


def test_the_label_of_a_message_does_not_disturb_its_code():
    assert interpret("203", "cdar", label="Mise_à_disposition").resolved_by == "code"
    assert interpret("213", "cdar", label="Rejetée").canonical == "REJETEE_PLATEFORME"


@pytest.mark.parametrize(
    ("code", "report"),
    [
        ("500", FlowReport.RECEIVED),
        ("501", FlowReport.REFUSED),
        ("IN_RECU", FlowReport.RECEIVED),
        ("IN_TRAITE_SE_CPP", FlowReport.RECEIVED),
        ("IN_EN_ATTENTE_TRAITEMENT_CPP", FlowReport.RECEIVED),
        ("IN_EN_COURS_TRAITEMENT_CPP", FlowReport.RECEIVED),
        ("IN_EN_ATTENTE_RETRAITEMENT_CPP", FlowReport.RECEIVED),
        ("IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP", FlowReport.RECEIVED),
        ("IN_INTEGRE", FlowReport.INTEGRATED),
        ("in_integre_partiel", FlowReport.PARTLY_INTEGRATED),
        ("IN_REJETE", FlowReport.REFUSED),
        ("IN_INCIDENTE", FlowReport.INCIDENT),
        ("QP_RECEVABLE", FlowReport.RECEIVED),
        ("QP_RECEVABLE_AVEC_ERREUR", FlowReport.UNKNOWN),
        ("QP_IRRECEVABLE", FlowReport.REFUSED),
    ],
)
def test_a_state_of_a_flow_is_pending_final_or_unknown(code, report):
    assert flow_report(code) is report
    assert flow_meaning(code).label_fr != code
    dialect = "cdar" if code.isdigit() else "flow-state"
    assert interpret(code, dialect).canonical == report


def test_a_report_fits_the_journal():
    assert all(len(report) <= 20 for report in FlowReport)


@pytest.mark.parametrize(
    ("canonical", "frame", "code"),
    [
        ("DEPOSEE", None, "202"),
        ("SUSPENDUE", "A1", "208"),
        ("REJETEE", None, "210"),
        ("A_RECYCLER", None, "210"),
        ("MANDATEE", None, "204"),
        ("MISE_EN_PAIEMENT", None, "211"),
        ("VALIDEE_1", None, None),
        ("VALIDEE_1", "A9", "205"),
        ("REFUSEE_2", "A9", "206"),
        ("VALIDEE_1", "A12", "214"),
        ("REFUSEE_1", "A12", "210"),
        ("nonsense", "A9", None),
    ],
)
def test_a_status_of_chorus_pro_has_at_most_one_afnor_equivalent(canonical, frame, code):
    assert afnor_code(canonical, frame) == code


def test_only_two_afnor_codes_reach_the_public_recipient():
    passed_on = {code: chorus_status(code) for code in CDAR if chorus_status(code)}
    assert passed_on == {"209": "COMPLETEE", "227": "COMPLETEE"}


def test_the_equivalents_are_words_of_the_vocabulary():
    words = vocabulary()
    known = words.equivalences
    tables = [known.to_cdar, *known.to_cdar_by_frame.values()]
    assert {name for table in tables for name in table} | set(known.from_cdar.values()) <= set(words.statuses)
    assert {code for table in tables for code in table.values()} | set(known.from_cdar) <= set(CDAR)


def test_the_real_messages_hold_no_code_that_is_not_understood(corpus):
    files = sorted((corpus / "cdar").glob("*.xml"))
    assert files
    for path in files:
        assert identify(path) is Kind.CDAR
        (code,) = set(re.findall(r"<ram:ProcessConditionCode>\s*(\w+)\s*<", path.read_text(encoding="utf-8-sig")))
        assert code in path.name
        assert interpret(code, "cdar").canonical is not None


@settings(deadline=None)
@given(st.text(), st.sampled_from(DIALECTS) | st.text(), st.none() | st.text(), st.none() | st.text())
def test_no_text_makes_any_dialect_crash(code, dialect, version, label):
    meaning = interpret(code, dialect, version, None, label)
    assert meaning.code == code
    assert meaning.label_fr
    assert meaning.label_en
    assert flow_meaning(code).report in FlowReport
    assert afnor_code(code, dialect) is None or code in vocabulary().statuses
    assert chorus_status(code) in {None, "COMPLETEE"}
