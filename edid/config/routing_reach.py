"""Rules of a receiver sheet that no invoice can ever reach, because an earlier one takes everything they ask for.

Only what is sure is told: a rule of which nothing is said here may still never fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from edid.config.key import Loc
from edid.config.routing import Agency, AmountRange, Conditions, Routing, Rule
from edid.config.routing_values import frames, is_gln

_NO_CONDITIONS = Conditions.model_construct()


def unreachable(routing: Routing) -> Iterator[tuple[Loc, str]]:
    """Yield the place (below `routing`) of each rule that is never reached, and the sentence that says why."""
    for place, rule in enumerate(routing.rules):
        earlier = next((one for one in routing.rules[:place] if _takes_all(one, rule)), None)
        if earlier is not None:
            yield ("rules", place), f"this rule is never reached: '{earlier.name}' takes every invoice that it asks for"
            continue
        agency = next((one for one in routing.agencies if _keeps_all(one, rule)), None)
        if agency is not None:
            message = (
                f"this rule is never reached: the agency '{agency.name}' keeps these invoices back before any rule"
            )
            yield ("rules", place), message


def _takes_all(earlier: Rule, later: Rule) -> bool:
    wide, narrow = earlier.when or _NO_CONDITIONS, later.when or _NO_CONDITIONS
    return all(
        _implied(name, getattr(wide, name), narrow)
        for name in Conditions.model_fields
        if getattr(wide, name) is not None
    )


def _keeps_all(agency: Agency, rule: Rule) -> bool:
    when = rule.when or _NO_CONDITIONS
    if agency.recipients is not None and not _implied("recipients", agency.recipients, when):
        return False
    codes = agency.service_codes and _implied("service_codes", agency.service_codes, when)
    begins = agency.service_prefixes and _implied("service_prefixes", agency.service_prefixes, when)
    shape = agency.gln and _implied("gln", True, when)  # noqa: FBT003 - the value of a condition
    return bool(agency.whole_recipient or codes or begins or shape)


def _implied(name: str, wide: Any, narrow: Conditions) -> bool:  # noqa: ANN401 - the value of any condition
    """Tell whether what `narrow` asks for always meets the condition `name` with the value `wide`."""
    own = getattr(narrow, name)
    if own is not None and _WITHIN.get(name, _subset)(own, wide):
        return True
    other = _FROM_OTHERS.get(name)
    return other is not None and other(narrow, wide)


def _subset(own: Any, wide: Any) -> bool:  # noqa: ANN401
    return set(own) <= set(wide)


def _equal(own: Any, wide: Any) -> bool:  # noqa: ANN401
    return bool(own == wide)


def _begin(own: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    return all(one.startswith(wide) for one in own)


def _frames(own: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    return frames(own) <= frames(wide)


def _suppliers(own: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    sirens = {one for one in wide if len(one) == 9}
    return all(one in wide or (len(one) == 14 and one.isdigit() and one[:9] in sirens) for one in own)


def _amount(own: AmountRange, wide: AmountRange) -> bool:
    low = wide.min is None or (own.min is not None and own.min >= wide.min)
    high = wide.max is None or (own.max is not None and own.max <= wide.max)
    return low and high and (own.of, own.currency) == (wide.of, wide.currency)


_WITHIN: Mapping[str, Callable[[Any, Any], bool]] = {
    "service_prefixes": _begin,
    "gln": _equal,
    "suppliers": _suppliers,
    "frames": _frames,
    "amount": _amount,
    "engagement": _equal,
    "engagement_prefixes": _begin,
    "validator": _equal,
}
_FROM_OTHERS: Mapping[str, Callable[[Conditions, Any], bool]] = {
    "service_prefixes": lambda narrow, wide: _begin(narrow.service_codes or ("",), wide),
    "gln": lambda narrow, wide: (
        bool(narrow.service_codes) and all(is_gln(code) is wide for code in narrow.service_codes or ())
    ),
    "engagement": lambda narrow, wide: wide is True and narrow.engagement_prefixes is not None,
}
