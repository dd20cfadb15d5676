"""The end of a certificate, whatever form the authority delivered it in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from edid.config.certificate import certificate_end
from edid.config.sheet import Certificate
from edid.errors import ConfigError

PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
END = date(2031, 5, 17)


def _certificate(year: int) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "exemple")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    return builder.not_valid_after(datetime(year, 5, 17, 23, 59, tzinfo=UTC)).sign(key, hashes.SHA256())


LEAF, ROOT = _certificate(2031), _certificate(2040)


@pytest.mark.parametrize(
    "data",
    [
        LEAF.public_bytes(PEM),
        LEAF.public_bytes(DER),
        LEAF.public_bytes(PEM) + ROOT.public_bytes(PEM),
        ROOT.public_bytes(PEM) + LEAF.public_bytes(PEM),
        pkcs7.serialize_certificates([LEAF, ROOT], PEM),
        pkcs7.serialize_certificates([ROOT, LEAF], DER),
    ],
    ids=["pem", "der", "pem chain", "pem chain reversed", "pkcs7 pem", "pkcs7 der"],
)
def test_the_end_is_read_from_every_form(tmp_path: Path, data: bytes):
    (tmp_path / "cert").write_bytes(data)
    assert certificate_end(Certificate(file=tmp_path / "cert")) == END


def test_the_file_counts_more_than_the_day_in_the_sheet(tmp_path: Path):
    (tmp_path / "cert").write_bytes(LEAF.public_bytes(PEM))
    assert certificate_end(Certificate(file=tmp_path / "cert", ends_on=date(2029, 1, 1))) == END


def test_without_file_the_day_in_the_sheet_counts():
    assert certificate_end(Certificate(ends_on=END)) == END
    assert certificate_end(Certificate()) is None


@pytest.mark.parametrize("data", [b"", b"hello", b"\x30\x82\x00", LEAF.public_bytes(PEM)[:200], b"x" * 1_000_001])
def test_what_holds_no_certificate_is_refused(tmp_path: Path, data: bytes):
    (tmp_path / "cert").write_bytes(data)
    with pytest.raises(ConfigError, match="cannot be read"):
        certificate_end(Certificate(file=tmp_path / "cert"))


@pytest.mark.parametrize("name", ["none", "."])
def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path, name: str):
    with pytest.raises(ConfigError, match="cannot be read"):
        certificate_end(Certificate(file=tmp_path / name))
