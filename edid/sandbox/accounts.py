"""The connections that the platform knows: application codes, and the interface codes subscribed by each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edid.config.sheet import Interfaces
from edid.errors import ConfigError
from edid.flows.interfaces import Direction, catalogue, interface
from edid.flows.subscriptions import Subscription, subscriptions


class Accounts:
    """Who may deposit what.

    `codes` gives each application code its principal interface codes, or None for every historical one. Without
    `codes`, any application code may deposit under every historical code. Raises ConfigError for an interface code
    that is unknown, retired or not historical: the sandbox answers in the historical formats only.
    """

    def __init__(self, codes: Mapping[str, Iterable[str] | None] | None = None) -> None:
        everything = _subscription(_historical())
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


def _historical() -> tuple[str, ...]:
    return tuple(
        each.code
        for each in catalogue().values()
        if each.circuit == "historical" and each.direction is Direction.EMISSION and each.kinds and not each.retired
    )


def _subscription(codes: tuple[str, ...]) -> Subscription:
    for code in codes:
        if interface(code).circuit != "historical":
            raise ConfigError(
                f"the sandbox does not play {code}: it answers in CPPStatut, the historical format.",
                remedy=f"Choose among {', '.join(_historical())}.",
            )
    emission = tuple(code for code in codes if interface(code).direction is Direction.EMISSION)
    reception = tuple(code for code in codes if interface(code).direction is Direction.RECEPTION)
    return subscriptions(Interfaces(emission=emission, reception=reception))
