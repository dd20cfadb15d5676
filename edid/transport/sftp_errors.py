"""What a failure of SFTP means for the exchange: try again, mend the settings, or the file is not there."""

from __future__ import annotations

from dataclasses import dataclass

from edid.errors import EdidError, OperatorError, RemoteMissingError, TransientError
from edid.transport.contract import RemoteDeniedError
from edid.transport.sftp_packets import LinkLostError
from edid.transport.sftp_wire import Code, ProtocolError, StatusError


@dataclass(frozen=True, slots=True)
class Place:
    """The partner, as every message names it."""

    host: str
    port: int
    user: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"


def refusal(error: StatusError, place: Place, action: str) -> EdidError:
    """Return what to raise for a refused request; `action` reads like `write 'in/a.part'`."""
    said = _said(error)
    if error.code == Code.PERMISSION_DENIED:
        return RemoteDeniedError(
            f"{place} refuses to {action}: permission denied{said}.",
            remedy="Check the folder in the sheet and ask the partner which rights this account has there.",
        )
    if error.code == Code.NO_SUCH_FILE:
        return RemoteMissingError(
            f"{place} cannot {action}: there is no such file{said}.",
            remedy="The partner may have taken or purged it; list the folder again.",
        )
    if error.code in {Code.BAD_MESSAGE, Code.OP_UNSUPPORTED}:
        return OperatorError(
            f"{place} cannot {action}: the partner's server does not accept the request{said}.",
            remedy="Check the name and the upload strategy of the sheet with the partner.",
        )
    return TransientError(
        f"{place} failed to {action}: the partner gives no precise reason{said}.",
        remedy="It is tried again. If it lasts, ask the partner whether its disk is full.",
    )


def no_folder(error: StatusError, place: Place, action: str) -> EdidError:
    """Return what to raise where 'no such file' can only mean the folder; else the same as `refusal`."""
    if error.code != Code.NO_SUCH_FILE:
        return refusal(error, place, action)
    return OperatorError(
        f"{place} cannot {action}: there is no such folder{_said(error)}.",
        remedy="Correct the folder in the sheet, or ask the partner to create it.",
    )


def lost(error: LinkLostError, place: Place, action: str) -> TransientError:
    """Return what to raise when the connection ended or stayed silent during `action`."""
    return TransientError(
        f"the connection to {place} was lost while trying to {action}: {error}.",
        remedy="It is tried again. If it lasts, check the network and the time-outs of the sheet.",
    )


def not_sftp(error: ProtocolError, place: Place) -> OperatorError:
    """Return what to raise when the other side does not speak SFTP."""
    return OperatorError(
        f"{place} answers with something that is not SFTP version 3: {error}.",
        remedy="Check host and port; ask the partner whether this account has the sftp subsystem.",
    )


def _said(error: StatusError) -> str:
    text = "".join(letter for letter in error.text if letter.isprintable()).strip()[:200]
    ordinary = {"", "failure", "permission denied", "no such file", "no such file or directory"}
    return "" if text.lower() in ordinary else f" ('{text}')"
