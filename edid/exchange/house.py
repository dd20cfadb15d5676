"""What every step of the corridors needs, opened once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from edid.config.loader import Configuration
from edid.config.settings import Settings
from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.exchange.room import Room
from edid.exchange.setbacks import Setbacks
from edid.exchange.underway import UnderWay
from edid.intake.folders import SheetFolders
from edid.journal.database import Journal, default_url, open_journal
from edid.journal.states import Purpose
from edid.store.blobs import BlobStore
from edid.validation.added import AddedRules
from edid.validation.worker import JudgePool

_WORK = "work"
REQUESTS = "requests"
RULES = "rules"
_JUDGES = 2
"""Processes that read untrusted files: a slow file of one sheet leaves room for the others."""

_JUDGE_IDLE = 60.0
"""Seconds until a judge process without work ends: a quiet daemon is a small one."""

_DROP = {Purpose.DOCUMENTS: "out", Purpose.DECISIONS: "decide"}

AnySheet = SenderSheet | ReceiverSheet


def drop_folder(spool: Path, sheet: AnySheet, purpose: Purpose) -> Path:
    """Return the folder of `sheet` where ERPs drop files for `purpose`."""
    return SheetFolders(spool, sheet.name, _DROP[purpose]).out


@dataclass(frozen=True, slots=True)
class House:
    """Journal, store, judges and folders; and what this process remembers of the work in hand."""

    settings: Settings
    journal: Journal
    store: BlobStore
    judges: JudgePool
    setbacks: Setbacks = field(default_factory=Setbacks)
    under_way: UnderWay = field(default_factory=UnderWay)
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "room", Room(self.settings))

    @classmethod
    def open(cls, configuration: Configuration) -> Self:
        """Open everything below the state folder, creating what is missing. The caller holds the state folder.

        Raises ConfigError when the journal or the folders cannot be opened.
        """
        settings = configuration.settings
        settings.state.mkdir(parents=True, exist_ok=True, mode=0o750)
        (settings.state / REQUESTS).mkdir(exist_ok=True)  # ours, even when root is the first to ask
        shutil.rmtree(settings.state / _WORK, ignore_errors=True)  # what a crash left there is made anew
        (settings.state / _WORK).mkdir(exist_ok=True)
        journal = open_journal(settings.journal or default_url(settings.state))
        return cls(
            settings,
            journal,
            BlobStore(settings.state / "store"),
            JudgePool(settings.limits, _JUDGES, idle=_JUDGE_IDLE, packs=AddedRules(settings.state / RULES).catalogue),
        )

    def close(self) -> None:
        """Stop the judges, whatever they do, and end the connections."""
        self.judges.close(patience=0)
        self.journal.close()

    def folders(self, sheet: AnySheet, purpose: Purpose = Purpose.DOCUMENTS) -> SheetFolders:
        """Return the spool folders of `sheet`, with the drop folder for `purpose`."""
        return SheetFolders(self.settings.spool, sheet.name, _DROP[purpose])

    def work(self, name: str) -> Path:
        """Return an empty folder for one step's temporary files, below the state folder; what it held is gone."""
        folder = self.settings.state / _WORK / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def incoming(self, sheet: AnySheet) -> Path:
        """Return the folder where files of `sheet` arrive while they are fetched."""
        folder = self.settings.state / "incoming" / sheet.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder
