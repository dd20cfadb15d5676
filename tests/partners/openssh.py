"""A real OpenSSH server: chrooted internal-sftp, key login, its own journal. Needs root.

    with OpenSshPartner.started(ciphers="aes256-cbc,aes128-cbc", deny=("remove",)) as partner:
        settings = SftpSettings.model_validate(partner.settings())

Tests take the fixtures from here in their conftest: `from tests.partners.openssh import openssh`.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

from tests.partners.processes import descendants, send
from tests.partners.server_journal import Operation, ServerJournal
from tests.partners.waiting import answers, free_port, until

SSHD = Path("/usr/sbin/sshd")


class OpenSshPartner:
    """One server with one account. `root` is the partner's root as the client sees it, with `in` and `out`."""

    def __init__(
        self, *, ciphers: str = "", deny: tuple[str, ...] = (), journal: bool = True, command: str = ""
    ) -> None:
        # sshd wants every parent of the jail to be root's alone: neither /tmp nor a tmp_path will do.
        self.home = Path(tempfile.mkdtemp(prefix="edid.", dir="/run"))
        self.root = self.home / "jail"
        self.user = f"edid-{secrets.token_hex(4)}"
        self.port = free_port()
        self._ciphers = ciphers
        denied = f" -P {','.join(deny)}" if deny else ""
        self._command = command or f"internal-sftp -l INFO{denied}"
        self._journal: ServerJournal | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._wants_journal = journal

    @classmethod
    @contextmanager
    def started(cls, **options: Any) -> Iterator[Self]:
        """Start a partner, and remove every trace of it at the end. Skips the test where that is impossible."""
        skip_without_openssh()
        partner = cls(**options)
        try:
            partner._build()
            partner.start()
            yield partner
        finally:
            partner._remove()

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The `transport` section of a sheet for this partner, ready for SftpSettings or for YAML."""
        return {
            "protocol": "sftp",
            "host": "127.0.0.1",
            "port": self.port,
            "user": self.user,
            "key": {"file": str(self.client_key)},
            "host_keys": [self.host_key("ed25519"), self.host_key("rsa")],
            **changes,
        }

    @property
    def client_key(self) -> Path:
        """The RSA private key that the account accepts."""
        return self.home / "etc" / "client"

    def host_key(self, kind: str) -> str:
        """The server's public key of that kind (ed25519 or rsa), as a sheet pins it."""
        return " ".join((self.home / "etc" / f"host_{kind}.pub").read_text().split()[:2])

    def authorize(self, public_line: str) -> None:
        """Accept one more client key."""
        with (self.home / "etc" / "authorized_keys").open("a") as file:
            file.write(public_line.strip() + "\n")

    def operations(self) -> list[Operation]:
        """What the server says was done, in order, since the start or the last `forget`."""
        assert self._journal is not None
        return self._journal.operations()

    def forget(self) -> None:
        """Empty the journal."""
        assert self._journal is not None
        self._journal.forget()

    def write(self, path: str, data: bytes) -> Path:
        """Put a file there, as the account's own."""
        file = self.root / path
        file.write_bytes(data)
        account = pwd.getpwnam(self.user)
        os.chown(file, account.pw_uid, account.pw_gid)
        return file

    def start(self) -> None:
        """Start the server (again); returns when it answers."""
        self._server = subprocess.Popen(
            [SSHD, "-D", "-f", self.home / "etc" / "sshd_config", "-E", self.home / "sshd.log"],
            stdin=subprocess.DEVNULL,
        )
        until(lambda: answers(self.port), f"sshd answers, see {self.home}/sshd.log")

    def stop(self) -> None:
        """Stop the server and cut every connection."""
        if self._server is not None:
            self.cut()
            self._server.terminate()
            self._server.wait()
            self._server = None

    def freeze(self) -> None:
        """Let every session fall silent without ending it."""
        self._signal_sessions(signal.SIGSTOP)

    def cut(self) -> None:
        """Cut every connection at once, as a failing line would."""
        self._signal_sessions(signal.SIGKILL)

    def _signal_sessions(self, number: signal.Signals) -> None:
        assert self._server is not None
        send(descendants(self._server.pid), number)

    def _build(self) -> None:
        for folder in (self.home, self.home / "etc", self.root, self.root / "dev"):
            folder.mkdir(mode=0o755, exist_ok=True)
            folder.chmod(0o755)
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        # '*' and not the default '!': sshd refuses accounts that are locked.
        _run("useradd", "-M", "-N", "-g", "nogroup", "-d", "/", "-s", "/usr/sbin/nologin", "-p", "*", self.user)
        account = pwd.getpwnam(self.user)
        for name in ("in", "out", "tmp"):
            (self.root / name).mkdir(mode=0o750)
            os.chown(self.root / name, account.pw_uid, account.pw_gid)
        etc = self.home / "etc"
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", etc / "host_ed25519")
        _run("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", etc / "host_rsa")
        _run("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-C", "edid test", "-f", etc / "client")
        shutil.copy(etc / "client.pub", etc / "authorized_keys")
        (etc / "sshd_config").write_text(self._configuration())
        if self._wants_journal:
            self._journal = ServerJournal(self.root / "dev" / "log")

    def _configuration(self) -> str:
        etc = self.home / "etc"
        lines = [
            "ListenAddress 127.0.0.1",
            f"Port {self.port}",
            f"HostKey {etc}/host_ed25519",
            f"HostKey {etc}/host_rsa",
            "PidFile none",
            "UsePAM no",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            f"AuthorizedKeysFile {etc}/authorized_keys",
            f"AllowUsers {self.user}",
            "Subsystem sftp internal-sftp",
            f"ForceCommand {self._command}",
            f"ChrootDirectory {self.root}",
            "AllowTcpForwarding no",
            "X11Forwarding no",
            "PermitTTY no",
            "MaxStartups 100:30:200",
            "LogLevel VERBOSE",
        ]
        if self._ciphers:
            lines.append(f"Ciphers {self._ciphers}")
        return "\n".join(lines) + "\n"

    def _remove(self) -> None:
        account_exists = self.user in {entry.pw_name for entry in pwd.getpwall()}
        if account_exists:
            self.stop()
            _run("userdel", "-f", self.user)
        if self._journal is not None:
            self._journal.close()
        shutil.rmtree(self.home)


def skip_without_openssh() -> None:
    """Skip the test with the reason when no OpenSSH server can be run here."""
    if os.geteuid() != 0:
        pytest.skip("a chrooted OpenSSH server needs root")
    if not SSHD.exists() or shutil.which("ssh-keygen") is None:
        pytest.skip("no OpenSSH server here; run tests/partners/install.sh")


@pytest.fixture(scope="session")
def openssh() -> Iterator[OpenSshPartner]:
    """An ordinary OpenSSH partner."""
    with OpenSshPartner.started() as partner:
        yield partner


@pytest.fixture(scope="session")
def openssh_cbc() -> Iterator[OpenSshPartner]:
    """An OpenSSH partner that speaks AES-CBC only, like the server of AIFE."""
    with OpenSshPartner.started(ciphers="aes256-cbc,aes128-cbc") as partner:
        yield partner


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
