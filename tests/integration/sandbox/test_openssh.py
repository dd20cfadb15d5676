"""The sandbox's SFTP server, seen by OpenSSH's `sftp`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from edid.sandbox.server import SandboxServer

pytestmark = pytest.mark.skipif(shutil.which("sftp") is None, reason="OpenSSH's sftp is not installed")


def sftp(server: SandboxServer, key: Path, folder: Path, *commands: str, options: tuple[str, ...] = ()):
    known = folder / "known_hosts"
    known.write_text(f"[{server.host}]:{server.port} {server.host_key_line}\n")
    settings = ("BatchMode=yes", f"UserKnownHostsFile={known}", "StrictHostKeyChecking=yes", *options)
    return subprocess.run(
        [
            "sftp",
            "-q",
            "-F",
            "none",
            *(part for setting in settings for part in ("-o", setting)),
            *("-i", str(key), "-P", str(server.port), "-b", "-", f"aife@{server.host}"),
        ],
        input="\n".join(commands) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
        check=False,
    )


def test_put_rename_list_and_get(server, key_pair, tmp_path, root):
    (tmp_path / "invoice").write_bytes(b"i" * 300_000)
    (root / "out" / "CSO").write_bytes(b"report")
    done = sftp(
        server,
        key_pair.file,
        tmp_path,
        "put invoice in/FLOW.part",
        "rename in/FLOW.part in/FLOW",
        "ls -1 in",
        "get out/CSO fetched",
    )
    assert done.returncode == 0, done.stderr
    assert "in/FLOW" in done.stdout
    assert (root / "in" / "FLOW").read_bytes() == b"i" * 300_000
    assert (tmp_path / "fetched").read_bytes() == b"report"
    assert list((root / "out").iterdir()) == []


@pytest.mark.parametrize("command", ["rm out/CSO", "put invoice out/NEW", "rename out/CSO out/X", "mkdir in/sub"])
def test_manipulations_are_refused(server, key_pair, tmp_path, root, command):
    (tmp_path / "invoice").write_bytes(b"i")
    (root / "out" / "CSO").write_bytes(b"report")
    done = sftp(server, key_pair.file, tmp_path, command)
    assert done.returncode != 0
    assert "ermission denied" in done.stderr
    assert [path.name for path in (root / "out").iterdir()] == ["CSO"]


def test_cbc_only_needs_the_ciphers_to_be_asked_for(serve, key_pair, tmp_path):
    server = serve(cbc_only=True)
    assert sftp(server, key_pair.file, tmp_path, "ls").returncode != 0
    asked = sftp(server, key_pair.file, tmp_path, "ls", options=("Ciphers=aes256-cbc",))
    assert asked.returncode == 0, asked.stderr
