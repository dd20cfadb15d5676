"""A second, independent SFTP server: ProFTPD's mod_sftp, with an `out` folder that may only be read."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

from tests.partners.waiting import answers, free_port, until

PROFTPD = Path("/usr/sbin/proftpd")
_NOBODY = 65534


class ProFtpdPartner:
    """One server with one account. `root` is the partner's root as the client sees it."""

    user = "aife"

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="edid.", dir="/run"))
        self.root = self.home / "jail"
        self.port = free_port()
        self._server: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Self]:
        """Start a partner, and remove every trace of it at the end. Skips the test where that is impossible."""
        if os.geteuid() != 0:
            pytest.skip("a chrooted ProFTPD needs root")
        if not PROFTPD.exists() or not any(Path("/usr/lib/proftpd").glob("mod_sftp.so")):
            pytest.skip("no ProFTPD with mod_sftp here; run tests/partners/install.sh")
        partner = cls()
        try:
            partner._build()
            partner._start()
            yield partner
        finally:
            partner._remove()

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The `transport` section of a sheet for this partner."""
        host_key = " ".join((self.home / "host_rsa.pub").read_text().split()[:2])
        return {
            "protocol": "sftp",
            "host": "127.0.0.1",
            "port": self.port,
            "user": self.user,
            "key": {"file": str(self.home / "client")},
            "host_keys": [host_key],
            **changes,
        }

    def write(self, path: str, data: bytes) -> Path:
        """Put a file there, as the account's own."""
        file = self.root / path
        file.write_bytes(data)
        os.chown(file, _NOBODY, _NOBODY)
        return file

    def _build(self) -> None:
        self.home.chmod(0o755)
        for name in ("", "in", "out", "tmp"):
            (self.root / name).mkdir()
            os.chown(self.root / name, _NOBODY, _NOBODY)
        for name in ("host_rsa", "client"):
            _run("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", self.home / name)
        exported = _run("ssh-keygen", "-e", "-m", "RFC4716", "-f", self.home / "client.pub")
        (self.home / "authorized").write_bytes(exported)
        passwords = self.home / "passwd"
        passwords.write_text(f"{self.user}:*:{_NOBODY}:{_NOBODY}::{self.root}:/bin/false\n")
        passwords.chmod(0o600)
        (self.home / "proftpd.conf").write_text(self._configuration())

    def _configuration(self) -> str:
        home = self.home
        return f"""
ServerType standalone
DefaultAddress 127.0.0.1
Port 0
UseReverseDNS off
PidFile {home}/proftpd.pid
ScoreboardFile {home}/score
DelayEngine off
SystemLog {home}/system.log
LoadModule mod_sftp.c
User nobody
Group nogroup
WtmpLog off
<VirtualHost 127.0.0.1>
  Port {self.port}
  RequireValidShell off
  AuthOrder mod_auth_file.c
  AuthUserFile {home}/passwd
  SFTPEngine on
  SFTPLog {home}/sftp.log
  SFTPHostKey {home}/host_rsa
  SFTPAuthMethods publickey
  SFTPAuthorizedUserKeys file:{home}/authorized
  SFTPCiphers aes256-cbc aes128-cbc aes256-ctr
  DefaultRoot {self.root}
  AllowOverwrite on
  <Directory {self.root}/out>
    <Limit STOR RNTO RNFR MKD DELE RMD SITE_CHMOD>
      DenyAll
    </Limit>
  </Directory>
</VirtualHost>
"""

    def _start(self) -> None:
        self._server = subprocess.Popen(
            [PROFTPD, "-n", "-q", "-c", self.home / "proftpd.conf"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: answers(self.port), f"proftpd answers, see {self.home}/system.log")

    def _remove(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait()
        shutil.rmtree(self.home)


@pytest.fixture(scope="session")
def proftpd() -> Iterator[ProFtpdPartner]:
    """An ordinary ProFTPD partner."""
    with ProFtpdPartner.started() as partner:
        yield partner


def _run(*command: str | Path) -> bytes:
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True).stdout
