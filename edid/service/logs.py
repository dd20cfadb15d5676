"""structlog: JSON for journald, a readable form for a terminal; one event name per step."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog

from edid.config.settings import Logging

_QUIET = ("paramiko", "apscheduler", "watchdog", "alembic")


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
        logger_factory=structlog.PrintLoggerFactory(file=target),
        cache_logger_on_first_use=True,
    )
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
