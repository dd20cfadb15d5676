"""The connections that the platform knows: application codes, and the interface codes subscribed by each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edid.config.sheet import Interfaces
from edid.errors import ConfigError
from edid.flows.interfaces import Content, Direction, Interface, catalogue, interface
from edid.flows.subscriptions import Subscription, subscriptions

_DEPOSIT = "FSO"
_G2B = frozenset({Content.LIFECYCLE, Content.DISTRIBUTION})


class Accounts:
    """Who may deposit what.

    `codes` gives each application code its principal interface codes, or None for every one that the sandbox plays:
    the historical ones, invoices through an approved platform, and lifecycle messages of either. Without `codes`, any
    application code may deposit under all of them. Raises ConfigError for an interface code that is unknown, retired or
    not played.
    """

    def __init__(self, codes: Mapping[str, Iterable[str] | None] | None = None) -> None:
        everything = _subscription(_all_played())
        self._known = None
        if codes is not None:
            self._known = {
                application: everything if chosen is None else _subscription(tuple(chosen))
                for application, chosen in codes.items()
            }
        self._anyone = everything

    def subscription(self, application: str) -> Subscription | None:
        """Return what `application` subscribes, or None when there is no such connection."""
        return self._anyone if self._known is None else self._known.get(application)


def _all_played() -> tuple[str, ...]:
    return tuple(
        each.code
        for each in catalogue().values()
        if _is_played(each) and each.code.startswith(_DEPOSIT) and each.kinds and not each.retired
    )


def _is_played(listed: Interface) -> bool:
    return listed.circuit in {"historical", "pa"} or (listed.circuit == "g2b" and listed.content in _G2B)


def _subscription(codes: tuple[str, ...]) -> Subscription:
    for code in codes:
        if not _is_played(interface(code)):
            raise ConfigError(
                f"the sandbox does not play {code}.",
                remedy=f"Choose among {', '.join(_all_played())}.",
            )
    emission = tuple(code for code in codes if interface(code).direction is Direction.EMISSION)
    reception = tuple(code for code in codes if interface(code).direction is Direction.RECEPTION)
    return subscriptions(Interfaces(emission=emission, reception=reception))
