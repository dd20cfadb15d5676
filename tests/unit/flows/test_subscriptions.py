from __future__ import annotations

import pytest

from edid.config.sheet import Interfaces
from edid.errors import ConfigError
from edid.flows.subscriptions import subscription_faults, subscriptions


def test_a_deposit_brings_its_report_and_the_lifecycle():
    subscription = subscriptions(Interfaces(emission=("FSO1110A", "FSO1116A")))
    assert subscription.emission == ("FSO1110A", "FSO1116A")
    assert subscription.secondary_reception == ("CSO1110A", "FEN1200A", "CSO1116A")
    assert subscription.secondary_emission == ()
    assert subscription.receives("FEN1200A")
    assert not subscription.sends("FSO1100A")


def test_secondary_codes_bring_their_own_secondary_codes():
    subscription = subscriptions(Interfaces(emission=("FSO1150A",)))
    assert subscription.secondary_emission == ("CEN1214A", "CEN1204A", "CEN1205A")
    assert subscription.sends("CEN1204A")


def test_a_code_that_the_sheet_names_is_principal_only():
    subscription = subscriptions(Interfaces(emission=("FSO1100A",), reception=("FEN1200A",)))
    assert subscription.reception == ("FEN1200A",)
    assert subscription.secondary_reception == ("CSO1100A",)


def test_the_old_lifecycle_variant_takes_the_place_of_the_new_one():
    subscription = subscriptions(Interfaces(emission=("FSO1100A",), reception=("FEN1201A",)))
    assert not subscription.receives("FEN1200A")
    assert subscription.receives("FEN1201A")


def test_a_pivot_receiver_acknowledges_only_when_its_sheet_says_so():
    assert not subscriptions(Interfaces(reception=("FEN0036A",))).sends("FSO1300A")
    both = subscriptions(Interfaces(reception=("FEN0036A",), emission=("FSO1300A",)))
    assert both.sends("FSO1300A")
    assert both.receives("CSO1300A")


@pytest.mark.parametrize(
    ("emission", "reception", "key", "says", "remedy"),
    [
        (("FSO1100B",), (), ("emission", 0), "not an interface code", "FSO1100A"),
        (("FSO1100A", "FSO1101A"), (), ("emission", 1), "retired", "Subscribe FSO1106A instead."),
        (("FSO1102A",), (), ("emission", 0), "retired", "Remove FSO1102A."),
        ((), ("CEN3036A",), ("reception", 0), "code of emission", "Move CEN3036A to interfaces.emission."),
        (("FSO1100A", "FSO1100A"), (), ("emission", 1), "twice", "once"),
    ],
)
def test_a_wrong_code_is_refused_where_it_stands(emission, reception, key, says, remedy):
    interfaces = Interfaces(emission=emission, reception=reception)
    (fault,) = subscription_faults(interfaces)
    assert fault.key == key
    assert says in fault.message
    assert remedy in fault.remedy
    with pytest.raises(ConfigError, match=says):
        subscriptions(interfaces)


def test_all_faults_are_named_at_once():
    interfaces = Interfaces(emission=("FSO1101A", "FSO9999Z"), reception=("FEN9999Z",))
    with pytest.raises(ConfigError) as refused:
        subscriptions(interfaces)
    for code in ("FSO1101A", "FSO9999Z", "FEN9999Z"):
        assert code in str(refused.value)
