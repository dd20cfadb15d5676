"""Secrets, read from where a sheet refers to: a systemd credential or a private file. Never from YAML."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

from edid.config.transport import SecretRef
from edid.errors import ConfigError

_MAX_BYTES = 65_536


def read_secret(ref: SecretRef) -> str:
    """Return the secret that `ref` names: a key in PEM or OpenSSH form, or a passphrase; no final line end.

    A credential is read from $CREDENTIALS_DIRECTORY, which systemd makes private to the service. A file is
    refused unless it is a regular file, no symbolic link, closed to group and others, and owned by the user
    of this process or by root; the open file itself is checked, so that nobody can exchange it in between.

    Raises ConfigError, which never holds the secret.
    """
    if ref.credential is not None:
        return _text(_read(_credential(ref.credential), private=False), f"the credential '{ref.credential}'")
    path = Path(ref.file or "")
    return _text(_read(path, private=True), str(path))


def _credential(name: str) -> Path:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ConfigError(
            f"The credential '{name}' cannot be read: systemd has given this process no credentials.",
            remedy=f"Add LoadCredential={name}:/path/to/it to the unit, or refer to a file in the sheet.",
        )
    return Path(folder) / name


def _read(path: Path, *, private: bool) -> bytes:
    try:
        with open(path, "rb", opener=_without_following) as stream:
            _refuse_unless_private(path, os.fstat(stream.fileno()), private=private)
            return stream.read(_MAX_BYTES + 1)
    except OSError as error:
        # With O_NOFOLLOW the kernel calls a symbolic link "too many levels of symbolic links".
        reason = "it is a symbolic link" if path.is_symlink() else error.strerror
        raise ConfigError(
            f"The secret {path} cannot be read: {reason}.",
            remedy="Put the secret in a regular file there, owned by edid's user, of mode 0600.",
        ) from None


def _without_following(path: str, flags: int) -> int:
    # O_NONBLOCK: opening a named pipe must not wait for its writer.
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _refuse_unless_private(path: Path, facts: os.stat_result, *, private: bool) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise ConfigError(f"The secret {path} is not a regular file.", remedy="Put the secret in a file there.")
    quoted = shlex.quote(str(path))
    if private and facts.st_mode & 0o077:
        raise ConfigError(
            f"The secret {path} is open to others (mode {stat.S_IMODE(facts.st_mode):04o}).",
            remedy=f"Run: chmod 600 {quoted} - and replace the secret if others may have read it.",
        )
    if private and facts.st_uid not in {0, os.geteuid()}:
        raise ConfigError(
            f"The secret {path} belongs to user {facts.st_uid}, not to edid's user or root.",
            remedy=f"Run: chown {os.geteuid()} {quoted}",
        )


def _text(data: bytes, name: str) -> str:
    if len(data) > _MAX_BYTES:
        raise ConfigError(f"The secret {name} is larger than {_MAX_BYTES} bytes.", remedy="Check what it holds.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        # Not chained: that error holds the bytes.
        text = ""
    if not text.strip():
        raise ConfigError(
            f"The secret {name} is empty or not text.",
            remedy="Give a key in OpenSSH or PEM form, or a passphrase in UTF-8.",
        )
    return text.rstrip("\r\n")
