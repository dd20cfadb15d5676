"""What the log says about a drop folder when something in it is not taken: each cause once, not at every look."""

from __future__ import annotations

import structlog

from edid.exchange.house import AnySheet
from edid.exchange.setbacks import told
from edid.intake.folders import SheetFolders
from edid.intake.lease import blindness
from edid.intake.names import printable
from edid.intake.overlooked import Overlooked

_LOOK_FOR_OVERLOOKED = 60.0
_NAMED = 20
"""Overlooked files that are named at once; the others are counted."""

log = structlog.get_logger()


class SpoolWords:
    """The memory of what was said about one drop folder; a restart says it once more."""

    def __init__(self, sheet: AnySheet, folders: SheetFolders) -> None:
        self._sheet = sheet
        self._folders = folders
        self._unusable = ""
        self._stuck: set[tuple[str, str]] = set()
        self._blindness_asked = sheet.intake.readiness != "settled"
        self._overlooked = Overlooked(folders.out, sheet.intake)
        self._overlooked_due = float("-inf")

    def unusable(self, error: Exception) -> None:
        """Say that nothing can be taken at all."""
        if self._unusable != told(error):
            log.error("intake.unusable", sheet=self._sheet.name, error=told(error))
        self._unusable = told(error)

    def usable(self) -> None:
        """Say that the folders serve again."""
        if self._unusable:
            log.info("intake.usable", sheet=self._sheet.name)
        self._unusable = ""

    def stuck(self, name: str, error: Exception) -> None:
        """Say that one file cannot be taken; it is tried again."""
        if (name, told(error)) not in self._stuck:
            self._stuck.add((name, told(error)))
            log.warning("file.stuck", sheet=self._sheet.name, file=name, error=told(error))

    def forget_stuck(self) -> None:
        """Know that no file is stuck any more."""
        self._stuck.clear()

    def gone(self, token: str) -> None:
        """Say that a file, stuck in `claimed`, was removed by somebody else before its bytes were stored."""
        log.error("file.gone", sheet=self._sheet.name, claim=token, folder=str(self._folders.claimed))

    def of_blindness(self) -> None:
        """Say when nobody can tell whether a file is still open: then `settle` is all that protects it."""
        if self._blindness_asked:
            return
        self._blindness_asked = True
        reason = blindness(self._folders.claimed)
        if reason is not None:
            log.warning(
                "intake.blind",
                sheet=self._sheet.name,
                folder=str(self._folders.out),
                reason=reason,
                remedy="Whether an ERP still writes a file cannot be seen: use the readiness 'renamed' or 'marker'.",
            )

    def of_overlooked(self, at: float) -> None:
        """Say what lies in the drop folder for long and is not taken, and why. `at` is the monotonic time."""
        if at < self._overlooked_due:
            return
        self._overlooked_due = at + _LOOK_FOR_OVERLOOKED
        overlooked = self._overlooked.look(at)
        for one in overlooked[:_NAMED]:
            log.warning("file.waiting", sheet=self._sheet.name, file=printable(one.name), reason=f"it {one.why}")
        if len(overlooked) > _NAMED:
            log.warning("file.waiting", sheet=self._sheet.name, more=len(overlooked) - _NAMED)
