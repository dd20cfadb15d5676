"""Our private key: read by reference, any usual format, never shown."""

from __future__ import annotations

import io

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from edid.config.credentials import read_secret
from edid.config.transport import SecretRef, SftpSettings
from edid.errors import ConfigError, OperatorError

_Usable = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey


def load_private_key(settings: SftpSettings) -> paramiko.PKey:
    """Return the key that the sheet refers to: RSA, ECDSA or Ed25519; OpenSSH, PEM or PKCS#8.

    Raises OperatorError when the key is missing, not private enough, unreadable, of another kind, or when its
    passphrase is wrong, missing or superfluous.
    """
    passphrase = None if settings.passphrase is None else _secret(settings.passphrase)
    loaded = _parse(_secret(settings.key) + b"\n", passphrase, settings.key)
    if isinstance(loaded, _Usable):
        return _for_paramiko(loaded)
    raise OperatorError(
        f"the private key {_name(settings.key)} is of a kind that SFTP does not use here.",
        remedy="Use an RSA key (what AIFE asks for), an ECDSA or an Ed25519 key.",
    )


def _secret(ref: SecretRef) -> bytes:
    try:
        return read_secret(ref).encode("utf-8")
    except ConfigError as error:  # the file may have changed since the sheet was checked
        raise OperatorError(error.message, remedy=error.remedy) from error


def _parse(data: bytes, passphrase: bytes | None, ref: SecretRef) -> object:
    is_openssh = b"BEGIN OPENSSH PRIVATE KEY" in data
    load = serialization.load_ssh_private_key if is_openssh else serialization.load_pem_private_key
    try:
        return load(data, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise OperatorError(
            f"the private key {_name(ref)} cannot be read{_why(data, passphrase)}.",
            remedy="Give a private key in OpenSSH or PEM format and, only if it has one, its passphrase.",
        ) from error


def _for_paramiko(loaded: _Usable) -> paramiko.PKey:
    """Hand the key over in memory: an RSA key as it is (checking it twice would cost 0.1 s), others as text."""
    if isinstance(loaded, RSAPrivateKey):
        return paramiko.RSAKey(key=loaded)
    plain = loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    text = io.StringIO(plain.decode("ascii"))
    if isinstance(loaded, EllipticCurvePrivateKey):
        return paramiko.ECDSAKey.from_private_key(text)
    return paramiko.Ed25519Key.from_private_key(text)


def _why(data: bytes, passphrase: bytes | None) -> str:
    if b"PRIVATE KEY" not in data:
        return ": it holds no private key"
    if passphrase is None:
        return ": it has a passphrase and the sheet gives none, or it is damaged"
    return ": the passphrase is wrong, or the key has none, or it is damaged"


def _name(ref: SecretRef) -> str:
    return f"'{ref.file}'" if ref.file is not None else f"of credential '{ref.credential}'"
