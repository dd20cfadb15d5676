"""A secret is read only from where nobody else can read or exchange it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edid.config.credentials import read_secret
from edid.config.transport import SecretRef
from edid.errors import ConfigError

SECRET = "s3cret words"


@pytest.fixture
def private(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def _refused(ref: SecretRef) -> ConfigError:
    with pytest.raises(ConfigError) as refusal:
        read_secret(ref)
    assert SECRET not in f"{refusal.value!s}{refusal.value!r}{refusal.value.__cause__!r}"
    assert refusal.value.remedy
    return refusal.value


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_private_file_is_read_without_its_final_line_end(private: Path, mode: int):
    private.chmod(mode)
    assert read_secret(SecretRef(file=private)) == SECRET


def test_the_inner_lines_of_a_key_stay(private: Path):
    private.write_bytes(b"-----BEGIN\r\nabc\r\n-----END\r\n")
    assert read_secret(SecretRef(file=private)) == "-----BEGIN\r\nabc\r\n-----END"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_file_open_to_others_is_refused_with_the_command_that_mends_it(private: Path, mode: int):
    private.chmod(mode)
    error = _refused(SecretRef(file=private))
    assert f"{mode:04o}" in error.message
    assert f"chmod 600 {private}" in error.remedy


def test_the_command_quotes_a_strange_path(tmp_path: Path):
    path = tmp_path / "my key; rm -rf x"
    path.write_text(SECRET, encoding="utf-8")
    path.chmod(0o644)
    assert f"chmod 600 '{path}'" in _refused(SecretRef(file=path)).remedy


def test_a_symbolic_link_is_not_followed(private: Path):
    link = private.with_name("link")
    link.symlink_to(private)
    assert "symbolic link" in _refused(SecretRef(file=link)).message


def test_a_folder_is_no_secret(tmp_path: Path):
    assert "directory" in _refused(SecretRef(file=tmp_path)).message


def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "not a regular file" in _refused(SecretRef(file=tmp_path / "pipe")).message


def test_a_missing_file_is_told(tmp_path: Path):
    assert "No such file" in _refused(SecretRef(file=tmp_path / "none")).message


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_refused(private: Path):
    os.chown(private, 12345, 12345)
    assert "belongs to user 12345" in _refused(SecretRef(file=private)).message


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe" + SECRET.encode(), b"x" * 70_000])
def test_what_cannot_be_a_secret_is_refused(private: Path, content: bytes):
    private.write_bytes(content)
    _refused(SecretRef(file=private))


def test_a_credential_is_read_from_the_folder_that_systemd_gives(private: Path, monkeypatch):
    # systemd shows its credentials with mode 0440 and an access list: their folder is what is private.
    private.chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(private.parent))
    assert read_secret(SecretRef(credential="key")) == SECRET


def test_a_credential_without_systemd_is_told_with_the_line_for_the_unit(monkeypatch):
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert "LoadCredential=key:" in _refused(SecretRef(credential="key")).remedy


def test_a_credential_name_is_no_path():
    for name in ("../key", "..", "/etc/passwd", ""):
        with pytest.raises(ValueError, match="credential"):
            SecretRef(credential=name)
