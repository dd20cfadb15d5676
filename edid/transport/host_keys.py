"""The partner's pinned host keys: an unknown key is refused with the line to add, a changed one loudly."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from edid.errors import OperatorError
from edid.transport.sftp_errors import Place


def check_host_key(kind: str, key: bytes, pinned: tuple[str, ...], place: Place) -> None:
    """Return when `key` (public key blob of type `kind`) is one of `pinned`.

    Raises OperatorError otherwise, with the SHA256 fingerprint and the line to put in the sheet.
    """
    if any(hmac.compare_digest(key, _blob(line)) for line in pinned):
        return
    line = f"{kind} {base64.b64encode(key).decode()}"
    shown = fingerprint(key)
    if pinned:
        known = ", ".join(f"{_kind(one)} {fingerprint(_blob(one))}" for one in pinned)
        raise OperatorError(
            f"THE HOST KEY OF {place.host}:{place.port} HAS CHANGED. "
            f"It shows {kind} {shown}; pinned: {known}. Someone may be listening in, "
            "or the partner has replaced its server. Nothing was sent.",
            remedy="Do not accept it before the partner has confirmed the new fingerprint by another way. "
            + _line_to_add(line),
        )
    raise OperatorError(
        f"the host key of {place.host}:{place.port} is unknown: {kind} {shown}. Nothing was sent.",
        remedy="Compare the fingerprint with the one that the partner publishes. " + _line_to_add(line),
    )


def fingerprint(key: bytes) -> str:
    """Return the SHA256 fingerprint of a public key blob, as `ssh-keygen -l` prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def pinned_kinds(pinned: tuple[str, ...]) -> tuple[str, ...]:
    """Return the key types of the pinned lines, in their order."""
    return tuple(dict.fromkeys(_kind(line) for line in pinned))


def _line_to_add(line: str) -> str:
    return f'If it is right, put this in the sheet, under transport:\nhost_keys:\n  - "{line}"'


def _kind(line: str) -> str:
    return line.split(" ", 1)[0]


def _blob(line: str) -> bytes:
    try:
        return base64.b64decode(line.split(" ")[1], validate=True)
    except (IndexError, binascii.Error):
        return b""
