"""The day on which the certificate of a sheet ends."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path

from edid.config.sheet import Certificate
from edid.errors import ConfigError

_MAX_BYTES = 1_000_000


def certificate_end(certificate: Certificate) -> date | None:
    """Return the last day (UTC) of the certificate, or None when the sheet names neither file nor day.

    The file is PEM, DER or PKCS#7 (the platform takes PKCS#7 with the whole chain); with several certificates
    the earliest end counts, because a chain is worth its shortest link.

    Raises ConfigError when the file cannot be read or holds no certificate.
    """
    if certificate.file is None:
        return certificate.ends_on
    return min(_ends(certificate.file, _read(certificate.file)))


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise _unreadable(path, "not a regular file" if path.exists() else "there is no such file")
        with path.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from None
    if len(data) > _MAX_BYTES:
        raise _unreadable(path, "too large to be a certificate")
    return data


def _ends(path: Path, data: bytes) -> list[date]:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import pkcs7

    for load in (
        x509.load_pem_x509_certificates,
        lambda data: [x509.load_der_x509_certificate(data)],
        pkcs7.load_pem_pkcs7_certificates,
        pkcs7.load_der_pkcs7_certificates,
    ):
        try:
            found = load(data)
        except (ValueError, UnsupportedAlgorithm):
            continue
        if found:
            return [one.not_valid_after_utc.astimezone(UTC).date() for one in found]
    raise _unreadable(path, "it holds no PEM, DER or PKCS#7 certificate")


def _unreadable(path: Path, reason: str) -> ConfigError:
    return ConfigError(
        f"The certificate {path} cannot be read: {reason}.",
        remedy="Put the public certificate there, or give its last day as certificate.ends_on.",
    )
