"""The two partners of the soak: OpenSSH and ProFTPD, one account each, and what may befall them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.partners.openssh import OpenSshPartner
from tests.partners.processes import descendants, send
from tests.partners.proftpd import PROFTPD, ProFtpdPartner

TEMPORARY = ".part"
_ROOM = "512m"
_TIMEOUTS = {"connect": "3s", "banner": "3s", "auth": "5s", "channel": "5s", "keepalive": "2s"}


class Partner:
    """One server. `inbox` is where flows arrive; what sheets fetch from lies beside it."""

    def __init__(self, name: str, server: OpenSshPartner | ProFtpdPartner) -> None:
        self.name = name
        self._server = server
        self.inbox = server.root / "in"
        self.full_can_be_tried = self._room("-t", "tmpfs", "-o", f"size={_ROOM},mode=0755", "edid-soak")

    def settings(self, out_folder: str) -> dict[str, Any]:
        """Return the transport of a sheet that fetches from `out_folder`."""
        return self._server.settings(out_folder=out_folder, timeouts=_TIMEOUTS)

    def folder(self, name: str) -> Path:
        """Return a folder of the account, made when it is missing."""
        folder = self._server.root / name
        folder.mkdir(exist_ok=True)
        self._own(folder)
        return folder

    def offer(self, folder: str, name: str, content: bytes) -> None:
        """Put a file into an out folder, complete when it appears."""
        self._server.write(f"tmp/{folder}", content).rename(self._server.root / folder / name)

    def arrived(self) -> list[str]:
        """Return the names of the flows that are complete."""
        return [name for name in os.listdir(self.inbox) if not name.endswith(TEMPORARY)]

    def stop(self) -> None:
        """Stop the server and cut every connection."""
        sessions, server = self._sessions(), self._server._server
        if server is not None:
            server.terminate()
            server.wait()
            self._server._server = None
        send(sessions, signal.SIGKILL)

    def start(self) -> None:
        """Start it again; returns when it answers."""
        if isinstance(self._server, OpenSshPartner):
            self._server.start()
        else:
            self._server._start()

    def cut(self) -> None:
        """Cut every connection at once."""
        send(self._sessions(), signal.SIGKILL)

    def freeze(self) -> list[int]:
        """Let every session fall silent; return them for `thaw`."""
        sessions = self._sessions()
        send(sessions, signal.SIGSTOP)
        return sessions

    def thaw(self, sessions: list[int]) -> None:
        """Let sessions go on where they stood still."""
        send(sessions, signal.SIGCONT)

    def forbid(self) -> None:
        """Take the right to write into the inbox away."""
        os.chown(self.inbox, 0, 0)
        self.inbox.chmod(0o555)

    def allow(self) -> None:
        """Give it back."""
        self._own(self.inbox)

    def fill(self) -> None:
        """Leave no room in the inbox."""
        facts = os.statvfs(self.inbox)
        used = max((facts.f_blocks - facts.f_bfree) * facts.f_frsize, 4096)
        self._room("-o", f"remount,size={used}")

    def empty(self) -> None:
        """Give it room again."""
        self._room("-o", f"remount,size={_ROOM}")

    def leave(self) -> None:
        """Let go of what was mounted."""
        self.stop()
        if self.full_can_be_tried:
            subprocess.run(["umount", self.inbox], check=False, capture_output=True)

    def _own(self, folder: Path) -> None:
        owner = (self._server.root / "tmp").stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
        folder.chmod(0o755)

    def _room(self, *how: str) -> bool:
        done = subprocess.run(["mount", *how, self.inbox], check=False, capture_output=True)
        self._own(self.inbox)
        return done.returncode == 0

    def _sessions(self) -> list[int]:
        return [] if self._server._server is None else descendants(self._server._server.pid)


@contextmanager
def two_partners() -> Iterator[Mapping[str, Partner]]:
    """Start both partners; a second OpenSSH where there is no ProFTPD. Skips, as a test, where none can run."""
    second = ProFtpdPartner if PROFTPD.exists() else OpenSshPartner
    with OpenSshPartner.started(journal=False) as one, second.started() as two:
        partners = [Partner("openssh", one), Partner("proftpd" if second is ProFtpdPartner else "openssh-2", two)]
        try:
            yield {partner.name: partner for partner in partners}
        finally:
            for partner in partners:
                partner.leave()
