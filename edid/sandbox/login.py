"""Who may log in: one user, by public key only."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterable
from pathlib import Path

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from edid.errors import ConfigError
from edid.sandbox.operations import Operations
from edid.store.durable import durable_write

_HOST_KEY_BITS = 3072


class Login(paramiko.ServerInterface):
    """Decides on one connection: a session for the right key, no password, no shell, no forwarding."""

    def __init__(self, user: str, keys: frozenset[bytes], operations: Operations) -> None:
        self._user = user
        self._keys = keys
        self._operations = operations

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002
        """Offer nothing but public keys."""
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """Let in the one user with one of its keys; the library has checked the signature."""
        known = username == self._user and key.asbytes() in self._keys
        self._operations.record("login" if known else "login refused", username)
        return AUTH_SUCCESSFUL if known else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        """Open sessions only."""
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


def public_keys(lines: Iterable[str]) -> frozenset[bytes]:
    """Return the keys of `authorized_keys` lines (`ssh-rsa AAAA... comment`) as wire-format bytes.

    Raises ConfigError when a line is not a public key, or when there is none.
    """
    keys = frozenset(_public_key(line) for line in lines if line.strip())
    if not keys:
        raise ConfigError(
            "the sandbox has no public key to let in.",
            remedy="Give the content of the client's .pub file, a line such as 'ssh-rsa AAAA... edid'.",
        )
    return keys


def _public_key(line: str) -> bytes:
    try:
        kind, encoded = line.split()[:2]
        blob = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        kind, blob = "", b""
    name = blob[4:].removeprefix(kind.encode())
    if not kind or len(name) == len(blob[4:]):
        raise ConfigError(
            f"this is not a public key: '{line[:60]}'.",
            remedy="Give the content of the client's .pub file, a line such as 'ssh-rsa AAAA... edid'.",
        )
    return blob


def host_key(path: Path) -> paramiko.RSAKey:
    """Return the RSA host key kept at `path`, made and kept there (mode 0600) when there is none.

    Raises ConfigError when the file holds something else.
    """
    if path.is_file():
        try:
            return paramiko.RSAKey.from_private_key_file(str(path))
        except (paramiko.SSHException, ValueError) as error:
            raise ConfigError(
                f"{path} is not an RSA private key without passphrase.",
                remedy="Remove the file: the sandbox makes a new host key, to be pinned anew.",
            ) from error
    key = paramiko.RSAKey.generate(_HOST_KEY_BITS)
    written = io.StringIO()
    key.write_private_key(written)
    path.parent.mkdir(parents=True, exist_ok=True)
    durable_write(path, written.getvalue().encode(), mode=0o600)
    return key
