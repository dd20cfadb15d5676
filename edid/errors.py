"""One root error; below it, what a person or the daemon can do about a failure.

Every error carries the facts its message needs, and `remedy`: one sentence that says what to do next.
No error text ever holds a secret.
"""

from __future__ import annotations


class EdidError(Exception):
    """Root of every error that edid raises on purpose."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class ConfigError(EdidError):
    """The operator mends it: a file, a key, a value. See `edid.config.problems` for the located form."""


class TransientError(EdidError):
    """Try again later, with the same bytes and the same identifier."""


class PermanentError(EdidError):
    """Never try again by itself: a person decides."""


class OperatorError(PermanentError):
    """The partner refuses because of our settings (key, host key, folder, right): mend, then retry."""


class RefusedInputError(PermanentError):
    """An input that edid will not take: empty, oversized, malformed, hostile. `code` names the reason.

    `code` is an IRR_* code of the platform where one exists (AIFE, Dossier general v3.2, 3.4.2 to 3.4.4), else an
    `EDID_*` code.
    """

    def __init__(self, message: str, *, code: str, remedy: str = "", where: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.code = code
        self.where = where


class RemoteMissingError(PermanentError):
    """The partner has no such file. Normal on servers that offer a file once."""
