"""structlog: JSON for journald, a readable form for a terminal; one event name per step."""

from __future__ import annotations

import io
import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog

from edid.config.settings import Logging

_QUIET = ("paramiko", "apscheduler", "watchdog", "alembic")


class Unfailing(io.TextIOBase):
    """A stream for logging that never fails whoever logs: what cannot be written is left out.

    A full disk, a journald that was restarted or a pipe nobody reads any more is no reason to leave a delivery half
    done; the audit trail is the journal, not the log.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        """Write what can be written; return the length of `text`."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand over what was written; what fails is tried again, or left out, with the next line."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def configure(settings: Logging, *, stream: TextIO | None = None) -> None:
    """Set up logging of this process to `stream` (standard error by default)."""
    target = stream or sys.stderr
    pretty = settings.format == "console" or (settings.format == "auto" and target.isatty())
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if pretty:
        processors.append(structlog.dev.ConsoleRenderer())
    else:
        processors += [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", Unfailing(target))),
        cache_logger_on_first_use=True,
    )
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
