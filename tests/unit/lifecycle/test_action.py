"""Who has to act in a state, and what they do."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edid.lifecycle.action import Actor, action, actions_by_reason, dated_actions, flow_action
from edid.lifecycle.actions import actions
from edid.lifecycle.flow_reports import FlowReport
from edid.lifecycle.statuses import interpret
from edid.lifecycle.vocabulary import vocabulary

TODAY = date(2026, 11, 23)
BEFORE = date(2026, 8, 31)
SWITCH = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("canonical", "actor", "answer"),
    [
        ("DEPOSEE", Actor.PLATFORM, "none"),
        ("MISE_A_DISPOSITION", Actor.RECIPIENT, "none"),
        ("A_RECYCLER", Actor.US, "new-number"),
        ("SUSPENDUE", Actor.US, "attachment"),
        ("COMPLETEE", Actor.RECIPIENT, "none"),
        ("REJETEE", Actor.US, "new-number"),
        ("REFUSEE", Actor.US, "new-number"),
        ("REJETEE_PLATEFORME", Actor.US, "new-number"),
        ("EN_LITIGE", Actor.US, "decide"),
        ("APPROUVEE_PARTIELLEMENT", Actor.US, "decide"),
        ("ERREUR_ROUTAGE", Actor.US, "same-number"),
        ("MISE_EN_PAIEMENT", Actor.NOBODY, "none"),
        ("PAIEMENT_TRANSMIS", Actor.US, "decide"),
        ("ENCAISSEE", Actor.NOBODY, "none"),
        ("DONNEES_FISCALES_REJETEES", Actor.PLATFORM, "none"),
        ("STATUT_REJETE", Actor.US, "decide"),
    ],
)
def test_the_seller_is_told_who_acts_and_how(canonical, actor, answer):
    what = action(canonical, TODAY)
    assert (what.actor, what.answer) == (actor, answer)


@pytest.mark.parametrize(
    ("canonical", "actor", "answer"),
    [
        ("MISE_A_DISPOSITION", Actor.US, "decide"),
        ("PRISE_EN_CHARGE", Actor.US, "decide"),
        ("SUSPENDUE", Actor.SUPPLIER, "none"),
        ("COMPLETEE", Actor.US, "decide"),
        ("APPROUVEE", Actor.US, "decide"),
        ("EN_LITIGE", Actor.SUPPLIER, "none"),
        ("REFUSEE", Actor.NOBODY, "none"),
        ("REJETEE_PLATEFORME", Actor.NOBODY, "none"),
        ("CHANGEMENT_COMPTE_A_PAYER", Actor.US, "decide"),
        ("ENCAISSEE", Actor.NOBODY, "none"),
    ],
)
def test_the_buyer_is_told_who_acts_and_how(canonical, actor, answer):
    what = action(canonical, TODAY, "in")
    assert (what.actor, what.answer) == (actor, answer)


def test_recycling_under_the_same_number_ends_on_its_day():
    assert action("A_RECYCLER", BEFORE).answer == "same-number"
    assert "même numéro" in action("A_RECYCLER", BEFORE).what_fr
    assert action("A_RECYCLER", SWITCH).answer == "new-number"
    assert "nouveau numéro" in action("A_RECYCLER", SWITCH).what_fr
    assert [since for since, _ in dated_actions("A_RECYCLER")] == [None, SWITCH]


def test_what_is_older_than_the_table_has_the_oldest_answer():
    assert action("A_RECYCLER", date(1999, 1, 1)).answer == "same-number"


def test_a_rejection_of_a_second_delivery_asks_nothing_of_anybody():
    assert action("REJETEE_PLATEFORME", TODAY, reasons=["DOUBLON"]).actor is Actor.NOBODY
    assert action("REJETEE_PLATEFORME", TODAY, reasons=["DOUBLON", "REJ_UNI"]).actor is Actor.NOBODY
    assert flow_action(FlowReport.REFUSED, ["IRR_UNICITE"]).actor is Actor.NOBODY


def test_another_motive_beside_the_double_makes_it_a_rejection_again():
    assert action("REJETEE_PLATEFORME", TODAY, reasons=["DOUBLON", "REJ_SEMAN"]).answer == "new-number"
    assert flow_action(FlowReport.REFUSED, ["IRR_UNICITE", "IRR_SYNTAX"]).answer == "resend-flow"


def test_a_deposited_invoice_that_cannot_reach_its_recipient_is_ours_to_deliver():
    assert action("DEPOSEE", TODAY, reasons=["NON_TRANSMISE"]).actor is Actor.US


def test_only_the_delays_that_an_official_text_gives_are_told():
    delays = {
        name: each.days
        for name in actions().states
        for direction in ("out", "in")
        for _, each in dated_actions(name, direction)
        if each.days is not None
    }
    assert delays == {"A_VALIDER_1": 15, "A_VALIDER_2": 15}


@pytest.mark.parametrize(
    ("report", "actor", "answer"),
    [
        (FlowReport.RECEIVED, Actor.PLATFORM, "none"),
        (FlowReport.IN_TRANSIT, Actor.PLATFORM, "none"),
        (FlowReport.INTEGRATED, Actor.NOBODY, "none"),
        (FlowReport.PARTLY_INTEGRATED, Actor.US, "resend-refused"),
        (FlowReport.REFUSED, Actor.US, "resend-flow"),
        (FlowReport.INCIDENT, Actor.US, "resend-flow"),
        (FlowReport.UNKNOWN, Actor.US, "none"),
        ("never heard of", Actor.US, "none"),
    ],
)
def test_a_flow_has_its_own_answers(report, actor, answer):
    what = flow_action(report)
    assert (what.actor, what.answer) == (actor, answer)
    assert action(str(report), TODAY).actor is actor


def test_an_incident_and_a_refusal_are_told_apart():
    assert "incident" in flow_action(FlowReport.INCIDENT).what_fr
    assert flow_action(FlowReport.INCIDENT).what_fr != flow_action(FlowReport.REFUSED).what_fr


def test_an_ambiguous_code_sends_us_to_the_portal_with_all_its_meanings():
    what = action(None, TODAY, said=interpret("17"))
    assert what.actor is Actor.US
    assert what.answer == "none"
    assert "le code 17 peut vouloir dire « Refusée par le second valideur » ou « Rejetée »" in what.what_fr
    assert "the code 17 may mean 'Refused by the second validator' or 'Rejected'" in what.what_en


def test_an_unknown_code_is_named():
    assert "code 33" in action(None, TODAY, said=interpret("33")).what_fr
    assert "BILATERAL" in action("BILATERAL", TODAY).what_en
    assert action(None, TODAY).actor is Actor.US


def test_a_hostile_code_is_shown_and_cut():
    what = action(None, TODAY, said=interpret("\x1b[31m" + "9" * 5000))
    assert "\x1b" not in what.what_fr
    assert len(what.what_fr) < 200


def test_every_status_and_every_report_has_an_answer_and_every_answer_is_used():
    data = actions()
    assert set(data.states) == set(vocabulary().statuses)
    assert set(data.reports) == set(FlowReport)
    used = {each.do for row in data.states.values() for each in (*row.out, *row.in_)}
    used |= {name for row in data.states.values() for each in row.because.values() for name in (each.out, each.in_)}
    used |= {name for row in data.reports.values() for name in (row.do, *row.because.values())}
    assert used == set(data.answers)


def test_periods_are_in_order():
    for row in actions().states.values():
        for periods in (row.out, row.in_):
            days = [each.since for each in periods]
            assert days == sorted(set(days))


def test_every_motive_that_changes_an_answer_is_explained():
    from edid.lifecycle.reasons import motive

    codes = {code for name in (*actions().states, *FlowReport) for code, _ in actions_by_reason(name)}
    assert {"DOUBLON", "REJ_UNI", "NON_TRANSMISE", "IRR_UNICITE"} <= codes
    assert all(motive(code) for code in codes)


def test_french_texts_have_their_blanks():
    for each in actions().answers.values():
        for sign in ":;?":
            assert each.fr.count(sign) == each.fr.count(f" {sign}"), each.fr


@settings(deadline=None)
@given(
    st.none() | st.text() | st.sampled_from(sorted(vocabulary().statuses)),
    st.dates(),
    st.text() | st.sampled_from(["out", "in"]),
    st.lists(st.text() | st.sampled_from(["DOUBLON", "REJ_UNI"]), max_size=3),
    st.text(),
)
def test_nothing_makes_it_crash_and_there_is_always_something_to_say(canonical, on, direction, reasons, code):
    what = action(canonical, on, direction, said=interpret(code), reasons=reasons)
    assert what.what_fr
    assert what.what_en
    assert len(what.what_fr) < 500
    assert flow_action(code, reasons).what_fr
