"""`edid.yaml`: where things are, limits, logging, schedules. Not one word about a partner."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, Field

from edid.config.audit import Audit
from edid.config.base import Section
from edid.config.values import Allowed, ConfigPath, Period, Size

_JOURNAL = re.compile(r"sqlite(\+\w+)?:////.+|postgresql(\+\w+)?://.+")


def _journal(value: str) -> str:
    if not _JOURNAL.fullmatch(value):
        raise ValueError("not a journal URL")
    if _holds_password(value):
        raise ValueError(
            "a password never stands in YAML: use peer authentication or ?passfile=/etc/edid/pgpass (0600)"
        )
    return value


def _holds_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.password is not None or "password" in parse_qs(parts.query, keep_blank_values=True)
    except ValueError:
        # The text of this error can hold the password, so it goes no further.
        raise ValueError("not a journal URL") from None


JournalUrl = Annotated[
    str,
    AfterValidator(_journal),
    Field(json_schema_extra={"pattern": r"^(sqlite(\+\w+)?:////|postgresql(\+\w+)?://)"}),
    Allowed("sqlite:////absolute/path or postgresql+psycopg://user@host/database, without a password"),
]


class Limits(Section):
    """Caps on what comes from outside. The platform: 1 GB a flow, 100 MB a document, 500 documents."""

    flow_size: Size = 1000**3
    """Largest flow or dropped file, in bytes on disk."""
    document_size: Size = 100 * 1000**2
    """Largest single document, unpacked."""
    flow_documents: int = Field(default=500, ge=1, le=10_000)
    """Most documents in one flow or in one dropped archive."""
    unpacked_size: Size = 2 * 1000**3
    """Most bytes that all members of one archive may unpack to."""
    attachment_size: Size = 100 * 1000**2
    """Largest decoded attachment of a received invoice."""
    rules_size: Size = 20 * 1000**2
    """Largest document, without the contents of its attachments, that business rules are run on."""
    judge_time: Period = timedelta(minutes=2)
    """Longest time that reading and validating one file may take."""
    judge_memory: Size = 1500 * 1000**2
    """Most memory of a process that reads untrusted files."""
    free_space: Size = 1000**3
    """Room that is kept free on the disks of state, journal and spool: with less, nothing new is taken in or fetched,
    what is in hand goes on, and an alert says so. It goes on by itself once a tenth more than this is free."""


class Logging(Section):
    """How edid speaks while it runs."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe level that is written."""
    format: Literal["auto", "json", "console"] = "auto"
    """`json` for journald, `console` for people; `auto` takes `console` on a terminal."""


class Schedules(Section):
    """How often the daemon looks by itself; events only make it look sooner."""

    scan: Period = timedelta(seconds=5)
    """Every drop folder is read this often, whatever the events said."""
    stop_within: Period = timedelta(seconds=10)
    """Longest time that a stop waits for the step in hand."""


class Settings(Section):
    """The whole of `edid.yaml`: where things are, limits, logging, schedules, audit trail."""

    spool: ConfigPath = Field(examples=["/var/spool/edid"])
    """The folders that ERPs see: one folder per sheet below it."""
    state: ConfigPath = Field(examples=["/var/lib/edid"])
    """edid's own folder: journal, store, work. Never inside the spool."""
    journal: JournalUrl | None = None
    """Database URL; null is an SQLite file in the state folder. A password never stands here."""
    sheets: ConfigPath = Field(default=Path("sheets"), validate_default=True)
    """The folder of the sheets, one YAML file each."""
    language: Literal["fr", "en"] = "fr"
    """Language of the texts put beside files for people."""
    limits: Limits = Limits()
    logging: Logging = Logging()
    schedules: Schedules = Schedules()
    audit: Audit = Audit()
