"""Since when edid watches a sheet without interruption: what passed while it was away is nobody's silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import structlog

from edid.exchange.alerts.memory import MemoryFile, moment

log = structlog.get_logger()
ABSENT = timedelta(minutes=30)
"""A longer time without a look is an absence; a restart is none."""
_NAME = "presence"


def present_since(state: Path, sheet: str, at: datetime) -> datetime:
    """Note that the sheet is looked at now, `at`; return since when that is so without interruption."""
    file = MemoryFile(state, sheet, _NAME)
    kept = file.read()
    since, seen = moment(kept.get("since")), moment(kept.get("seen"))
    if since is None or seen is None or at - seen > ABSENT or since > at:
        since = at
    try:
        file.write({"since": since.isoformat(), "seen": at.isoformat()})
    except OSError as error:
        log.warning("alerts.memory_unwritten", sheet=sheet, error=str(error))
    return since
