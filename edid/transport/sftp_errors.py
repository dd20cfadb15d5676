"""What a failure of SFTP means for the exchange: try again, mend the settings, or the file is not there."""

from __future__ import annotations

from dataclasses import dataclass

from edid.errors import EdidError, OperatorError, RemoteMissingError, TransientError
from edid.transport.contract import RemoteDeniedError
from edid.transport.sftp_packets import LinkLostError
from edid.transport.sftp_wire import Code, ProtocolError, StatusError

_NO_ROOM = {
    int(Code.NO_SPACE): "the partner's disk is full",
    int(Code.QUOTA_EXCEEDED): "the room that the partner gives this account is used up",
}
_ABOUT_THE_ACCOUNT = ("password", "expired", "locked", "disabled", "mot de passe", "expiré", "verrouillé")


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
    said = _said(error.text)
    if error.code == Code.NO_SUCH_PATH:
        return no_folder(error, place, action)
    if error.code in {Code.PERMISSION_DENIED, Code.WRITE_PROTECT}:
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
    if error.code in _NO_ROOM:
        return TransientError(
            f"{place} failed to {action}: {_NO_ROOM[error.code]}{said}.",
            remedy="It is tried again. If it lasts, ask the partner to make room.",
        )
    return TransientError(
        f"{place} failed to {action}: the partner gives no precise reason{said}.",
        remedy="It is tried again. If it lasts, ask the partner whether its disk is full.",
    )


def no_folder(error: StatusError, place: Place, action: str) -> EdidError:
    """Return what to raise where 'no such file' can only mean the folder; else the same as `refusal`."""
    if error.code not in {Code.NO_SUCH_FILE, Code.NO_SUCH_PATH}:
        return refusal(error, place, action)
    return OperatorError(
        f"{place} cannot {action}: there is no such folder{_said(error.text)}.",
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


def closed_at_once(words: str, place: Place) -> EdidError:
    """Return what to raise when the partner took our key and then ended the session with these words."""
    about_us = any(word in words.lower() for word in _ABOUT_THE_ACCOUNT)
    kind = OperatorError if about_us else TransientError
    return kind(
        f"{place} takes our key and ends the session instead of serving SFTP{_said(words)}.",
        remedy="Ask the partner to renew the account or its password."
        if about_us
        else "It is tried again. If it lasts, ask the partner whether this account may use SFTP.",
    )


def _said(words: str) -> str:
    text = "".join(letter for letter in words if letter.isprintable()).strip()[:200]
    ordinary = {"", "failure", "permission denied", "no such file", "no such file or directory"}
    return "" if text.lower() in ordinary else f" ('{text}')"
