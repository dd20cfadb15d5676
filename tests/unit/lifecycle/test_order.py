"""Which statuses make no sense after what was said."""

from __future__ import annotations

import pytest

from edid.lifecycle.order import objections


def codes(wanted: str, *said: str, paid: bool = False) -> list[str]:
    return [each.code for each in objections(wanted, said, payment_known=paid)]


@pytest.mark.parametrize("wanted", ["PRISE_EN_CHARGE", "SUSPENDUE", "REFUSEE", "MANDATEE"])
def test_anything_may_be_said_first(wanted):
    assert codes(wanted) == []


def test_completed_answers_a_suspension():
    assert codes("COMPLETEE") == ["LIFECYCLE-NOT-SUSPENDED"]
    assert codes("COMPLETEE", "SUSPENDUE") == []
    assert codes("COMPLETEE", "SUSPENDUE", "PRISE_EN_CHARGE") == []


def test_cashed_needs_a_payment_that_is_known():
    assert codes("ENCAISSEE") == ["LIFECYCLE-NO-PAYMENT"]
    assert codes("ENCAISSEE", paid=True) == []
    assert codes("ENCAISSEE", "PAIEMENT_TRANSMIS") == []


@pytest.mark.parametrize("end", ["REFUSEE", "REJETEE", "REJETEE_PLATEFORME", "ANNULEE"])
def test_nothing_follows_the_end(end):
    assert "LIFECYCLE-ENDED" in codes("APPROUVEE", "PRISE_EN_CHARGE", end)
    assert codes(end, end) == []


def test_what_is_paid_or_approved_is_not_refused():
    assert codes("REFUSEE", "APPROUVEE", "PAIEMENT_TRANSMIS") == ["LIFECYCLE-PAID"]
    assert codes("REFUSEE", "APPROUVEE") == ["LIFECYCLE-APPROVED"]


def test_an_objection_speaks_both_languages():
    (said,) = objections("COMPLETEE", [])
    assert "suspendue" in said.fr
    assert "suspended" in said.en
