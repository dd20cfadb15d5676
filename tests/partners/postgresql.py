"""A throw-away PostgreSQL server on a Unix socket, for journals that live in one."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from tests.partners.waiting import until

_UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root."""


def binaries() -> Path | None:
    """Return the folder of the newest server's programs on this machine, or None."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which("initdb")
    for folder in (*installed, *((Path(found).resolve().parent,) if found else ())):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


class PostgresqlServer:
    """A server of its own data; gone, data and all, at the end. Use as a context manager."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        # Not below pytest's own folder: only root may enter that one.
        self.folder = Path(tempfile.mkdtemp(prefix="edid-postgresql-"))
        self._data = self.folder / "data"
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            user = pwd.getpwnam(_UNPRIVILEGED)
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        subprocess.run(
            self._unprivileged(
                *("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust"),
                *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ),
            check=True,
            capture_output=True,
            cwd="/",
        )
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start it on its data and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._unprivileged(
                    *("postgres", "-D", str(self._data), "-k", str(self.folder)),
                    *("-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40"),
                ),
                stdout=log,
                stderr=log,
                cwd="/",
            )
        until(self._answers, "PostgreSQL answers", 60)

    def stop(self) -> None:
        """End it; clients lose their connections."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def database(self, like: str = "template1") -> str:
        """Create a database, empty or like the journal `like`; return its name."""
        name = f"journal_{next(self._numbers)}"
        with self._connection() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(like))
            )
        return name

    def url(self, database: str) -> str:
        """Return the URL of a journal in `database`."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        with suppress(psycopg.OperationalError), self._connection() as connection:
            return connection.execute("SELECT 1").fetchone() is not None
        return False

    def _unprivileged(self, program: str, *arguments: str) -> list[str]:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() != 0:
            return command
        user = pwd.getpwnam(_UNPRIVILEGED)
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]
