"""`edid explain` on statuses, flow states and motives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edid.cli import glossary_statuses
from edid.cli.glossary import meanings_of
from edid.lifecycle.reasons import reasons
from edid.lifecycle.vocabulary import vocabulary
from tests.unit.cli.conftest import Edid


def test_a_status_tells_whose_word_it_is_who_acts_and_what_to_do(edid: Edid) -> None:
    said = edid("explain", "A_RECYCLER")
    assert said.code == 0
    assert "À recycler" in said.out
    assert "CPPStatut (Chorus Pro, EDI) 04" in said.out
    assert "API de Chorus Pro A_RECYCLER" in said.out
    assert "Envoyé par vous (jusqu'au 31/08/2026) : qui agit : vous. Que faire : Corrigez le SIRET" in said.out
    assert "Sent by you (since 2026-09-01): who acts: you. What to do: Correct the recipient's SIRET" in said.out
    assert "Reçu par vous" in said.out


@pytest.mark.parametrize("word", ["a_recycler", "À recycler", "a recycler", "À RECYCLER", " To be recycled "])
def test_a_status_is_found_in_any_case_with_or_without_accents(word: str) -> None:
    assert [meaning.word for meaning in meanings_of(word)] == ["A_RECYCLER"]


@pytest.mark.parametrize("word", ["210", "cdar:210", "CDAR:210", "cdar: 210"])
def test_a_code_of_the_afnor_message_is_found_with_and_without_its_dialect(edid: Edid, word: str) -> None:
    (row,) = edid("explain", word, "-f", "json").json
    assert row["meaning_fr"] == "Refusée par le destinataire (REFUSEE)"
    assert row["dialects"] == [{"dialect": "cdar", "code": "210", "contested": False}]
    out, received = row["actions"]
    assert (out["direction"], out["actor"], out["answer"]) == ("out", "us", "new-number")
    assert (received["direction"], received["actor"]) == ("in", "nobody")


def test_an_ambiguous_number_tells_every_meaning_and_sends_to_the_portal(edid: Edid) -> None:
    said = edid("explain", "37", "-l", "fr")
    assert "Non conforme (NON_CONFORME, sens contesté)" in said.out
    assert "Service fait (SERVICE_FAIT)" in said.out
    assert "le code 37 peut vouloir dire « Non conforme » ou « Service fait »" in said.out


def test_a_dialect_narrows_a_number_to_its_own_meaning() -> None:
    assert [meaning.en for meaning in meanings_of("chorus-historical:17")] == ["Rejected (REJETEE)"]
    assert [meaning.en for meaning in meanings_of("chorus-api:rejetee")] == ["Rejected (REJETEE)"]
    assert meanings_of("cdar:17") == ()
    assert meanings_of("nobody:17") == ()
    assert meanings_of("cdar:") == ()


def test_a_word_that_two_circuits_use_tells_both() -> None:
    assert [meaning.word for meaning in meanings_of("rejetee")] == ["REJETEE", "REJETEE_PLATEFORME"]


def test_a_rejection_tells_what_a_double_changes(edid: Edid) -> None:
    said = edid("explain", "213", "-l", "fr")
    assert "Envoyé par vous (motif DOUBLON) : qui agit : personne." in said.out
    assert "nouveau numéro" in said.out


@pytest.mark.parametrize(
    ("word", "kind", "text"),
    [
        ("DOUBLON", "reason", "facture a déjà été reçue"),
        ("doublon", "reason", "Que faire : Rien à faire pour la première"),
        ("IRR_TAILLE", "refusal", "Que faire : Répartissez"),
        ("REJ_ENCAISSEMENT", "reason", "pour chaque taux de TVA"),
        ("IN_INCIDENTE", "flow status", "renvoyez le flux entier"),
        ("flow-state:in_integre_partiel", "flow status", "renvoyez les documents refusés"),
        ("501", "flow status", "Irrecevable"),
        ("NIN", "requested action", "facture rectificative"),
        ("A_VALIDER_1", "status", "délai : 15 jours"),
    ],
)
def test_motives_flow_states_and_requests_are_explained(edid: Edid, word: str, kind: str, text: str) -> None:
    said = edid("explain", word, "-l", "fr")
    assert said.code == 0
    assert f"({kind})" in said.out
    assert text in said.out


def test_a_name_that_is_a_status_and_a_motive_tells_both() -> None:
    assert [meaning.kind for meaning in meanings_of("NON_CONFORME")] == ["status", "reason"]


def test_what_is_in_no_dialect_is_refused(edid: Edid) -> None:
    assert edid("explain", "cdar:999").code == 2


def test_everything_that_the_data_hold_can_be_asked_for() -> None:
    words = vocabulary()
    sources = (glossary_statuses.status, glossary_statuses.flow_state, glossary_statuses.reason)
    for word in (*words.statuses, *words.flows, *reasons().reasons):
        assert [meaning for source in sources for meaning in source(word)], word
    for name, numbering in words.numberings.items():
        for code, _ in numbering.entries():
            (meaning,) = meanings_of(f"{name}:{code}")
            assert meaning.remedy_fr
            assert meaning.remedy_en


@settings(deadline=None, max_examples=15)
@given(st.text(max_size=200) | st.text("0123456789:_ ÀAcdar", max_size=12))
def test_no_word_makes_the_glossary_crash(word: str) -> None:
    assert isinstance(meanings_of(word), tuple)
