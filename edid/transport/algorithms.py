"""Which SSH algorithms are offered to a partner: the sheet's, in the sheet's order, or our own choice."""

from __future__ import annotations

from collections.abc import Iterable

import paramiko

from edid.config.transport import Algorithms, SftpSettings
from edid.errors import OperatorError
from edid.transport.host_keys import pinned_kinds

_FASTEST_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
"""One pass for secrecy and integrity: measured fastest on loopback and on a delayed link."""

_SIGNATURES_OF = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}


def disabled_algorithms(algorithms: Algorithms) -> dict[str, list[str]]:
    """Return what the constructor of `paramiko.Transport` must leave out for our own key.

    Raises OperatorError for a name that the library does not offer.
    """
    if not algorithms.public_keys:
        return {}
    offered = paramiko.Transport._preferred_pubkeys  # type: ignore[attr-defined] # noqa: SLF001 # no public list
    _refuse_unknown("public_keys", algorithms.public_keys, offered)
    return {"pubkeys": [name for name in offered if name not in algorithms.public_keys]}


def apply_algorithms(ssh: paramiko.Transport, settings: SftpSettings) -> None:
    """Set what `ssh` offers, before it starts.

    Raises OperatorError for a name that the library does not offer.
    """
    options, wanted = ssh.get_security_options(), settings.algorithms
    _refuse_unknown("ciphers", wanted.ciphers, options.ciphers)
    _refuse_unknown("kex", wanted.kex, options.kex)
    _refuse_unknown("host_keys", wanted.host_keys, options.key_types)
    options.ciphers = wanted.ciphers or _first(_FASTEST_CIPHERS, options.ciphers)
    if wanted.kex:
        options.kex = wanted.kex
    options.key_types = _first(_pinned_algorithms(settings.host_keys), wanted.host_keys or options.key_types)
    options.compression = ("none",)


def _pinned_algorithms(pinned: tuple[str, ...]) -> tuple[str, ...]:
    """Without these first, a server with several keys would show one that nobody pinned."""
    return tuple(name for kind in pinned_kinds(pinned) for name in _SIGNATURES_OF.get(kind, (kind,)))


def _first(preferred: Iterable[str], available: Iterable[str]) -> tuple[str, ...]:
    available = tuple(available)
    front = tuple(name for name in preferred if name in available)
    return front + tuple(name for name in available if name not in front)


def _refuse_unknown(key: str, wanted: Iterable[str], offered: Iterable[str]) -> None:
    unknown = [name for name in wanted if name not in offered]
    if unknown:
        raise OperatorError(
            f"algorithms.{key} names what edid cannot do: {', '.join(unknown)}.",
            remedy=f"Choose among: {', '.join(offered)}.",
        )
