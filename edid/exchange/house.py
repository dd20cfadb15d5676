"""What every step of the corridors needs, opened once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from edid.config.loader import Configuration
from edid.config.settings import Settings
from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.intake.folders import SheetFolders
from edid.journal.database import Journal, default_url, open_journal
from edid.store.blobs import BlobStore
from edid.validation.worker import JudgePool

_JUDGES = 2
"""Processes that read untrusted files: a slow file of one sheet leaves room for the others."""

AnySheet = SenderSheet | ReceiverSheet


@dataclass(frozen=True, slots=True)
class House:
    """Journal, store, judges and folders."""

    settings: Settings
    journal: Journal
    store: BlobStore
    judges: JudgePool

    @classmethod
    def open(cls, configuration: Configuration) -> Self:
        """Open everything below the state folder, creating what is missing.

        Raises ConfigError when the journal or the folders cannot be opened.
        """
        settings = configuration.settings
        settings.state.mkdir(parents=True, exist_ok=True, mode=0o750)
        journal = open_journal(settings.journal or default_url(settings.state))
        return cls(settings, journal, BlobStore(settings.state / "store"), JudgePool(settings.limits, _JUDGES))

    def close(self) -> None:
        """Stop the judges and end the connections."""
        self.judges.close()
        self.journal.close()

    def folders(self, sheet: AnySheet) -> SheetFolders:
        """Return the spool folders of `sheet`."""
        return SheetFolders(self.settings.spool, sheet.name)

    def work(self, name: str) -> Path:
        """Return a new empty folder for one step's temporary files, below the state folder."""
        folder = self.settings.state / "work" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def incoming(self, sheet: AnySheet) -> Path:
        """Return the folder where files of `sheet` arrive while they are fetched."""
        folder = self.settings.state / "incoming" / sheet.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder
