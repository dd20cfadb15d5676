"""What the motives of a status mean."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edid.flows import irr
from edid.lifecycle.reasons import motive, reason_text, reasons, request_text

CHORUS = """
    AUTRE CONTACT_ACHTR COORD_BANC_ERR LIVR_INCOMP RETRAIT_MAN_SERV ST_CT_NON_DECLAR SUPPR_COMP_AVOIR
    TRANSF_PMNT_REGIE AUT_MOTIF_ERR_VALIDEUR SUPPR_MASSE CREANCIER_ERR DOUBLE_FACT ERREUR_DONNEE_EJ EJ_ERR
    ERR_VALIDEUR FACT_NON_CONFORME HONORER_LA_COMMANDE MARCHE_TERM MONTANT_ERR SE_ERR TX_TVA_ERR
"""
PPF = """
    REJ_SEMAN REJ_UNI REJ_COH REJ_PER REJ_INC REJ_INEX REJ_RG REJ_HAB REJ_ENCAISSEMENT REJ_VAL_INC
"""


def official(name: str) -> list[str]:
    """The codes of one list in the official rule file."""
    folder = resources.files("pyfrctc") / "cdar-schematron"
    text = (folder / "BR-FR-CDV-Schematron-CDAR.xslt").read_text(encoding="utf-8")
    found = re.search(rf'name="custom:{name}"[^>]*select="\'([^\']+)\'"', text)
    assert found
    return found[1].split()


def test_every_motive_of_the_official_message_is_explained_in_both_languages():
    codes = official("status-reason-codes")
    assert len(codes) > 40
    for code in codes:
        text = reason_text(code, "cdar")
        assert text is not None, code
        assert all(text)


def test_every_action_that_the_official_message_may_ask_for_is_explained():
    codes = official("invoice-action-codes")
    assert set(codes) == set(reasons().requests)
    assert all(request_text(code) for code in codes)


@pytest.mark.parametrize("code", CHORUS.split())
def test_every_motive_of_chorus_pro_is_explained(code):
    known = motive(code)
    assert known is not None
    assert "chorus" in known.used_by
    assert reason_text(code, "cpp-statut") == (known.fr, known.en)


@pytest.mark.parametrize("code", PPF.split())
def test_every_motive_of_the_public_portal_is_explained(code):
    known = motive(code)
    assert known is not None
    assert "ppf" in known.used_by


def test_the_refusals_of_a_flow_are_explained_as_everywhere_else():
    for code, refusal in irr.reasons().items():
        assert reason_text(code, "cdar") == (refusal.fr, refusal.en)
        assert motive(code).what_fr == refusal.remedy_fr


def test_an_invoice_received_twice_and_tax_data_received_twice_are_two_motives():
    assert "facture a déjà été reçue" in reason_text("DOUBLON", "cdar")[0]
    assert "données réglementaires" in reason_text("DOUBLE_FACT", "cdar")[0]


def test_what_has_no_published_label_says_so():
    assert "sans libellé publié" in reason_text("SUPPR_MASSE", "chorus-api")[0]


def test_a_motive_that_nobody_knows_is_left_to_be_shown_as_written():
    assert reason_text("BILATERAL_7", "cdar") is None
    assert reason_text("AUTRE", "someone-else") is None
    assert request_text("XXX") is None


def test_case_and_outer_blanks_do_not_matter():
    assert reason_text(" doublon\n") == reason_text("DOUBLON")


def test_every_text_is_a_sentence_and_french_ones_have_their_blanks():
    for code, row in reasons().reasons.items():
        for text in (row.fr, row.en, row.what_fr, row.what_en):
            assert text.endswith("."), code
        for text in (row.fr, row.what_fr):
            for sign in ":;?":
                assert text.count(sign) == text.count(f" {sign}"), text


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_text_makes_it_crash(code, dialect):
    assert reason_text(code, dialect) is None or code.strip().upper() in {*reasons().reasons, *irr.reasons()}
    assert motive(code) is None or motive(code).code == code.strip().upper()
    request_text(code)
