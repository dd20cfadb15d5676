"""Who we are and who they are: keys, host keys, algorithms, servers that do not answer."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from ruamel.yaml import YAML

from edid.errors import OperatorError, TransientError
from edid.transport.sftp import SftpTransport
from tests.integration.transport.conftest import sftp
from tests.partners.openssh import OpenSshPartner

FORMATS = {
    "openssh": serialization.PrivateFormat.OpenSSH,
    "pem": serialization.PrivateFormat.TraditionalOpenSSL,
    "pkcs8": serialization.PrivateFormat.PKCS8,
}
NEVER_SHOWN = ("PRIVATE KEY", "correct horse")


def make_key(kind: str) -> Any:
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ecdsa" else ed25519.Ed25519PrivateKey.generate()


def write_key(folder: Path, key: Any, form: str = "openssh", passphrase: str = "") -> Path:
    lock = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    file = folder / "key"
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, FORMATS[form], lock))
    file.chmod(0o600)
    return file


def public_line(key: Any) -> str:
    encoding, form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    return str(key.public_key().public_bytes(encoding, form).decode())


def write_passphrase(folder: Path, text: str) -> dict[str, str]:
    file = folder / "passphrase"
    file.write_text(text + "\n")
    file.chmod(0o600)
    return {"file": str(file)}


def refusal_of(partner: OpenSshPartner, **changes: Any) -> OperatorError:
    with SftpTransport(sftp(partner, **changes)) as transport, pytest.raises(OperatorError) as caught:
        transport.connect()
    assert not any(secret in str(caught.value) for secret in NEVER_SHOWN)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "form"),
    [("rsa", form) for form in FORMATS] + [("ecdsa", form) for form in FORMATS] + [("ed25519", "openssh")],
)
@pytest.mark.parametrize("passphrase", ["", "correct horse"])
def test_every_usual_form_of_a_key_logs_in(
    openssh: OpenSshPartner, tmp_path: Path, kind: str, form: str, passphrase: str
) -> None:
    key = make_key(kind)
    openssh.authorize(public_line(key))
    changes: dict[str, Any] = {"key": {"file": str(write_key(tmp_path, key, form, passphrase))}}
    if passphrase:
        changes["passphrase"] = write_passphrase(tmp_path, passphrase)
    with SftpTransport(sftp(openssh, **changes)) as transport:
        transport.connect()


def test_a_key_that_the_partner_does_not_know_is_refused_by_its_fingerprint(
    openssh: OpenSshPartner, tmp_path: Path
) -> None:
    key = write_key(tmp_path, make_key("rsa"))
    shown = subprocess.run(["ssh-keygen", "-l", "-f", key], check=True, capture_output=True, text=True).stdout
    refusal = refusal_of(openssh, key={"file": str(key)})
    assert shown.split()[1] in refusal.message
    assert f"{openssh.user}@127.0.0.1:{openssh.port}" in refusal.message


def test_a_wrong_passphrase_is_told_as_such(openssh: OpenSshPartner, tmp_path: Path) -> None:
    key = write_key(tmp_path, make_key("rsa"), passphrase="correct horse")
    wrong = write_passphrase(tmp_path, "battery staple")
    refusal = refusal_of(openssh, key={"file": str(key)}, passphrase=wrong)
    assert "passphrase is wrong" in refusal.message
    assert "battery" not in str(refusal)


def test_a_missing_passphrase_is_told_as_such(openssh: OpenSshPartner, tmp_path: Path) -> None:
    key = write_key(tmp_path, make_key("rsa"), "pem", passphrase="correct horse")
    assert "the sheet gives none" in refusal_of(openssh, key={"file": str(key)}).message


def test_a_file_that_is_no_key_is_told_as_such(openssh: OpenSshPartner, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(public_line(make_key("rsa")))
    file.chmod(0o600)
    assert "holds no private key" in refusal_of(openssh, key={"file": str(file)}).message


def test_a_key_that_others_may_read_is_refused(openssh: OpenSshPartner, tmp_path: Path) -> None:
    key = write_key(tmp_path, make_key("rsa"))
    key.chmod(0o644)
    assert "chmod 600" in refusal_of(openssh, key={"file": str(key)}).remedy


def test_an_unknown_host_key_is_refused_with_the_lines_to_add(openssh: OpenSshPartner) -> None:
    refusal = refusal_of(openssh, host_keys=[])
    public = openssh.home / "etc" / "host_ed25519.pub"
    listed = subprocess.run(["ssh-keygen", "-l", "-f", public], check=True, capture_output=True, text=True).stdout
    assert listed.split()[1] in refusal.message
    lines = refusal.remedy[refusal.remedy.index("host_keys:") :]
    given = YAML(typ="safe").load(lines)
    assert given == {"host_keys": [openssh.host_key("ed25519")]}
    with SftpTransport(sftp(openssh, **given)) as transport:
        transport.connect()


def test_a_changed_host_key_is_refused_loudly(openssh: OpenSshPartner) -> None:
    refusal = refusal_of(openssh, host_keys=[public_line(make_key("ed25519"))])
    assert "HAS CHANGED" in refusal.message
    assert "Nothing was sent" in refusal.message
    assert openssh.host_key("ed25519") in refusal.remedy


def test_nothing_is_authenticated_before_the_host_key_is_known(openssh: OpenSshPartner) -> None:
    log = openssh.home / "sshd.log"
    before = log.read_text().count("Accepted publickey")
    refusal_of(openssh, host_keys=[])
    assert log.read_text().count("Accepted publickey") == before


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_of_several_host_keys_the_pinned_one_is_asked_for(openssh: OpenSshPartner, kind: str) -> None:
    with SftpTransport(sftp(openssh, host_keys=[openssh.host_key(kind)])) as transport:
        assert transport.session.host_key.startswith(openssh.host_key(kind).split()[0])


def test_the_ciphers_of_the_sheet_are_the_ones_used(openssh_cbc: OpenSshPartner) -> None:
    for cipher in ("aes256-cbc", "aes128-cbc"):
        with SftpTransport(sftp(openssh_cbc, algorithms={"ciphers": [cipher]})) as transport:
            assert transport.session.cipher == cipher


def test_without_ciphers_in_the_sheet_a_fast_one_is_taken(openssh: OpenSshPartner) -> None:
    with SftpTransport(sftp(openssh)) as transport:
        assert transport.session.cipher == "aes128-gcm@openssh.com"


def test_no_common_cipher_is_for_the_operator(openssh_cbc: OpenSshPartner) -> None:
    refusal = refusal_of(openssh_cbc, algorithms={"ciphers": ["aes128-gcm@openssh.com"]})
    assert "algorithm in common" in refusal.message
    assert "transport.algorithms" in refusal.remedy


@pytest.mark.parametrize(
    ("key", "offered"),
    [
        ("ciphers", "aes256-cbc"),
        ("kex", "ecdh-sha2-nistp256"),
        ("host_keys", "rsa-sha2-512"),
        ("public_keys", "rsa-sha2-256"),
    ],
)
def test_an_algorithm_that_does_not_exist_is_refused_with_those_that_do(
    openssh: OpenSshPartner, key: str, offered: str
) -> None:
    refusal = refusal_of(openssh, algorithms={key: ["rot13", offered]})
    assert f"algorithms.{key}" in refusal.message
    assert "rot13" in refusal.message
    assert offered not in refusal.message
    assert offered in refusal.remedy


def test_a_closed_port_is_tried_again_later(openssh: OpenSshPartner) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        with (
            SftpTransport(sftp(openssh, port=port)) as transport,
            pytest.raises(TransientError, match=f"127.0.0.1:{port}"),
        ):
            transport.connect()


def test_a_server_that_says_nothing_is_given_up(openssh: OpenSshPartner) -> None:
    patience = {"connect": "1s", "banner": "200ms", "auth": "200ms"}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = sftp(openssh, port=silent.getsockname()[1], timeouts=patience)
        with SftpTransport(settings) as transport, pytest.raises(TransientError):
            transport.connect()


def test_a_name_that_does_not_resolve_is_tried_again_later(openssh: OpenSshPartner) -> None:
    with (
        SftpTransport(sftp(openssh, host="no-such-host.invalid")) as transport,
        pytest.raises(TransientError, match=r"no-such-host\.invalid"),
    ):
        transport.list(PurePosixPath("in"))


def test_an_account_without_sftp_is_told_where_it_failed() -> None:
    with (
        OpenSshPartner.started(command="/bin/false", journal=False) as partner,
        SftpTransport(sftp(partner)) as transport,
        pytest.raises(TransientError, match="sftp subsystem"),
    ):
        transport.connect()
