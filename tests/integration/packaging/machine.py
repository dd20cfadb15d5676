"""A throw-away Debian with a real systemd in a container. What happens in it leaves no trace in its tree.

The tree is made once, as root, by `debootstrap --variant=minbase
--include=systemd,systemd-sysv,dbus,procps,python3,python3-venv,openssh-client bookworm TREE`; it is never the machine's
own root, whose /tmp a booting systemd would empty.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.partners.waiting import until

TREE = "EDID_TEST_TREE"


@dataclass(frozen=True)
class Machine:
    """A booted container."""

    leader: int
    """Process id of its systemd, as the host sees it."""

    def type(self, text: str, *, cwd: str = "/root") -> subprocess.CompletedProcess[str]:
        """Type `text` at its root prompt."""
        inside = [
            "nsenter",
            "--target",
            str(self.leader),
            "--mount",
            "--pid",
            "--uts",
            "--ipc",
            "--root",
            f"--wdns={cwd}",
        ]
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/root/wheels", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        return subprocess.run(
            [*inside, "bash", "-euo", "pipefail", "-c", text],
            check=False,
            env={**environment, **offline},
            capture_output=True,
            text=True,
            timeout=150,
        )

    def ask(self, text: str) -> str:
        """Return what `text` answers; it must succeed."""
        done = self.type(text)
        assert done.returncode == 0, (text, done.stdout, done.stderr)
        return done.stdout.strip()

    def unit(self, key: str) -> str:
        """Return one property of edid's unit."""
        return self.ask(f"systemctl show --property={key} --value edid")

    def put(self, source: Path, folder: str) -> None:
        """Copy the file or folder `source` into `folder`."""
        self.ask(f"mkdir -p {folder}")
        target = Path(f"/proc/{self.leader}/root") / folder.lstrip("/")
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target / source.name)


@contextmanager
def booted() -> Iterator[Machine]:
    """Boot the tree that the environment names; skip where there is none, or no right to."""
    tree = Path(os.environ.get(TREE, "/")).resolve()
    if tree == Path("/") or not (tree / "etc" / "debian_version").is_file():
        pytest.skip(f"{TREE} names no tree of its own; see {Path(__file__).name}")
    if os.geteuid() != 0 or shutil.which("systemd-nspawn") is None:
        pytest.skip("needs root and systemd-nspawn")
    container = subprocess.Popen(
        [
            *("systemd-nspawn", "--quiet", f"--directory={tree}", "--volatile=overlay", "--boot", "--register=no"),
            *("--keep-unit", "--kill-signal=SIGRTMIN+3", "--machine=edidtest", "--resolv-conf=off"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _is_up(container.pid), "it boots")
        yield Machine(_children(container.pid)[0])
    finally:
        container.send_signal(signal.SIGTERM)
        try:
            container.wait(timeout=20)
        except subprocess.TimeoutExpired:
            container.kill()
            container.wait()


def _is_up(container: int) -> bool:
    # Its first child is a passing one: asked anew each time.
    answers = [Machine(child).type("systemctl is-system-running").stdout.strip() for child in _children(container)]
    return bool({"running", "degraded"} & set(answers))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
