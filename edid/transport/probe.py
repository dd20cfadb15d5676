"""Try a partner without changing anything there: log in, compare the host key, list the folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from edid.config.transport import TransportSettings
from edid.errors import EdidError
from edid.transport.contract import RemoteDeniedError, Transport
from edid.transport.opening import open_transport
from edid.transport.sftp import SftpTransport


@dataclass(frozen=True, slots=True)
class ProbeStep:
    """One thing that was tried."""

    name: str
    """connect, list in, list out or list temporary."""
    outcome: Literal["ok", "warning", "failed"]
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """All that was tried, in order; it stops at a connection that fails."""

    steps: tuple[ProbeStep, ...]

    @property
    def passed(self) -> bool:
        """Tell whether nothing failed."""
        return all(step.outcome != "failed" for step in self.steps)


def probe(settings: TransportSettings) -> ProbeReport:
    """Return what the partner of `settings` answers. Failures are in the report, never raised."""
    with open_transport(settings) as transport:
        first = _connect(transport)
        if first.outcome == "failed":
            return ProbeReport((first,))
        return ProbeReport((first, *_look_into_folders(transport, settings)))


def _connect(transport: Transport) -> ProbeStep:
    try:
        transport.connect()
    except EdidError as error:
        return _failed("connect", error)
    return ProbeStep("connect", "ok", _established(transport))


def _established(transport: Transport) -> str:
    if isinstance(transport, SftpTransport):
        session = transport.session
        return f"logged in; host key {session.host_key}; cipher {session.cipher}."
    return "the folder is there."


def _look_into_folders(transport: Transport, settings: TransportSettings) -> list[ProbeStep]:
    steps = [
        _list(transport, "list in", settings.in_folder, may_be_hidden=True),
        _list(transport, "list out", settings.out_folder, may_be_hidden=False),
    ]
    if settings.upload.strategy == "directory-rename":
        steps.append(_list(transport, "list temporary", settings.upload.directory, may_be_hidden=True))
    return steps


def _list(transport: Transport, name: str, folder: str, *, may_be_hidden: bool) -> ProbeStep:
    try:
        files = transport.list(PurePosixPath(folder))
    except RemoteDeniedError as error:
        if not may_be_hidden:
            return _failed(name, error)
        return ProbeStep(
            name,
            "warning",
            f"'{folder}' may not be listed. Deposits may be allowed all the same.",
            "Set confirm_size to false in the sheet if the partner forbids to look at deposits too.",
        )
    except EdidError as error:
        return _failed(name, error)
    return ProbeStep(name, "ok", f"'{folder}' holds {len(files)} file(s).")


def _failed(name: str, error: EdidError) -> ProbeStep:
    return ProbeStep(name, "failed", error.message, error.remedy)
