"""`edid.yaml`: where things are, limits, logging, schedules. Not one word about a partner."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from edid.config.base import Section
from edid.config.values import Duration, Size


class Limits(Section):
    """Caps on what comes from outside. The platform: 1 GB a flow, 100 MB a document, 500 documents."""

    flow_size: Size = Field(default=1000**3)
    """Largest flow or dropped file, in bytes on disk."""
    document_size: Size = Field(default=100 * 1000**2)
    """Largest single document, unpacked."""
    flow_documents: int = Field(default=500, ge=1, le=10_000)
    """Most documents in one flow or in one dropped archive."""
    unpacked_size: Size = Field(default=2 * 1000**3)
    """Most bytes that all members of one archive may unpack to."""
    attachment_size: Size = Field(default=100 * 1000**2)
    """Largest decoded attachment of a received invoice."""
    judge_time: Duration = timedelta(minutes=2)
    """Longest time that reading and validating one file may take."""
    judge_memory: Size = Field(default=1500 * 1000**2)
    """Address space of the process that reads untrusted files."""


class Logging(Section):
    """How edid speaks while it runs."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe level that is written."""
    format: Literal["auto", "json", "console"] = "auto"
    """`json` for journald, `console` for people; `auto` takes `console` on a terminal."""


class Schedules(Section):
    """How often the daemon looks by itself; events only make it look sooner."""

    scan: Duration = timedelta(seconds=5)
    """Every drop folder is read this often, whatever the events said."""
    stop_within: Duration = timedelta(seconds=10)
    """Longest time that a stop waits for the step in hand."""


class Settings(Section):
    """The whole of `edid.yaml`."""

    spool: Path
    """The folders that ERPs see: one folder per sheet below it. Absolute, or relative to edid.yaml."""
    state: Path
    """edid's own folder: journal, store, work. Absolute, or relative to edid.yaml."""
    journal: str | None = Field(default=None, pattern=r"^(sqlite|postgresql)(\+\w+)?://")
    """Database URL; by default an SQLite file in the state folder. A password never stands here."""
    sheets: Path = Path("sheets")
    """The folder of the sheets, one YAML file each. Absolute, or relative to edid.yaml."""
    language: Literal["fr", "en"] = "fr"
    """Language of the texts put beside files for people."""
    limits: Limits = Limits()
    logging: Logging = Logging()
    schedules: Schedules = Schedules()
