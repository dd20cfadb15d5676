"""What a sheet subscribes: the principal codes it names, and the secondary ones that follow by themselves.

Source: AIFE, Dossier de specifications externes FE - Chorus Pro v1.0, 5.3.2: choosing a principal interface
forces its secondary interfaces (reports, lifecycle).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edid.config.sheet import Interfaces
from edid.errors import ConfigError
from edid.flows.interfaces import Direction, interface, known, suggestion


@dataclass(frozen=True, slots=True)
class Subscription:
    """The codes of one sheet, directions seen from the partner. No code stands in two of the four."""

    emission: tuple[str, ...]
    """Principal codes that we send, in the sheet's order."""
    reception: tuple[str, ...]
    """Principal codes that we receive, in the sheet's order."""
    secondary_emission: tuple[str, ...]
    secondary_reception: tuple[str, ...]

    def sends(self, code: str) -> bool:
        """Tell whether a flow of `code` may leave."""
        return code in self.emission or code in self.secondary_emission

    def receives(self, code: str) -> bool:
        """Tell whether a flow of `code` is expected."""
        return code in self.reception or code in self.secondary_reception


@dataclass(frozen=True, slots=True)
class SubscriptionFault:
    """One wrong code of a sheet."""

    key: tuple[str, int]
    """Place below `interfaces`: ("emission", 0)."""
    code: str
    message: str
    remedy: str


def subscriptions(interfaces: Interfaces) -> Subscription:
    """Return the subscription that `interfaces` of a sheet stands for.

    Raises ConfigError, naming every fault that `subscription_faults` finds.
    """
    faults = subscription_faults(interfaces)
    if faults:
        raise ConfigError(
            " ".join(f"interfaces.{fault.key[0]}: {fault.message}" for fault in faults),
            remedy=" ".join(dict.fromkeys(fault.remedy for fault in faults)),
        )
    principals = (*interfaces.emission, *interfaces.reception)
    secondaries = [code for code in _secondaries(principals) if code not in principals]
    return Subscription(
        emission=interfaces.emission,
        reception=interfaces.reception,
        secondary_emission=_only(secondaries, Direction.EMISSION),
        secondary_reception=_only(secondaries, Direction.RECEPTION),
    )


def subscription_faults(interfaces: Interfaces) -> list[SubscriptionFault]:
    """Return what is wrong with the codes of a sheet: unknown, retired, wrong direction, named twice."""
    faults = []
    for direction in Direction:
        codes: tuple[str, ...] = getattr(interfaces, direction)
        for index, code in enumerate(codes):
            wrong = _fault(code, direction, codes[:index])
            if wrong is not None:
                faults.append(SubscriptionFault((direction.value, index), code, *wrong))
    return faults


def _fault(code: str, direction: Direction, before: Sequence[str]) -> tuple[str, str] | None:
    found = known(code)
    if found is None:
        return f"'{code}' is not an interface code that edid knows.", suggestion(code)
    if found.retired:
        return (
            f"{code} ({found.format}) is retired: the platform takes it no more.",
            f"Subscribe {found.successor} instead." if found.successor else f"Remove {code}.",
        )
    if found.direction is not direction:
        return (
            f"{code} is a code of {found.direction}, not of {direction}.",
            f"Move {code} to interfaces.{found.direction}.",
        )
    if code in before:
        return f"{code} is named twice.", f"Keep {code} once."
    return None


def _secondaries(principals: Sequence[str]) -> list[str]:
    """Return the codes that follow `principals`, and those that follow them, each once, nearest first."""
    replaced = {interface(code).replaces for code in principals}
    return [code for code in dict.fromkeys(_followers(principals)) if code not in replaced]


def _followers(codes: Sequence[str]) -> Iterator[str]:
    for code in codes:
        following = interface(code).secondaries
        yield from following
        yield from _followers(following)


def _only(codes: Sequence[str], direction: Direction) -> tuple[str, ...]:
    return tuple(code for code in codes if interface(code).direction is direction)
