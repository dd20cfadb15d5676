"""What the commands share: the configuration file, opened only by the commands that need it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import typer
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError

from edid.config.loader import Configuration, load
from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.errors import ConfigError, TransientError
from edid.journal import queries
from edid.journal.database import Journal, default_url, open_journal

DEFAULT_CONFIG = Path("/etc/edid/edid.yaml")


@dataclass(frozen=True)
class State:
    """The options before the sub-command."""

    config_file: Path

    def configuration(self) -> Configuration:
        """Return the configuration, loaded once for a command. Raises ConfigError with every problem."""
        return self._configuration

    @cached_property
    def _configuration(self) -> Configuration:
        return load(self.config_file)

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """Open the journal of the configuration for as long as the command runs."""
        settings = self.configuration().settings
        url = settings.journal or default_url(settings.state)
        file = make_url(url).database if url.startswith("sqlite") else None
        if file is not None and not Path(file).is_file():
            # Not created here: whoever looks may be another user than the daemon.
            raise ConfigError(f"there is no journal yet: {file}.", remedy="Start the daemon once: edid run.")
        journal = open_journal(url)
        try:
            yield journal
        except DBAPIError as error:
            raise TransientError(
                f"the journal cannot be used now: {str(error.orig).strip()}.", remedy="Try again in a moment."
            ) from error
        finally:
            journal.close()


def state(context: typer.Context) -> State:
    """Return what the callback stored."""
    assert isinstance(context.obj, State)
    return context.obj


def one_of(option: str, value: str | None, allowed: Iterable[str]) -> str | None:
    """Return `value` as given. Raises typer.BadParameter that lists what is allowed."""
    if value is not None and value not in set(allowed):
        raise typer.BadParameter(f"'{value}' is none of: {', '.join(allowed)}.", param_hint=option)
    return value


def sheet_named(configuration: Configuration, name: str) -> SenderSheet | ReceiverSheet:
    """Return the sheet called `name`. Raises ConfigError that lists the ones there are."""
    if name not in configuration.sheets:
        have = ", ".join(sorted(configuration.sheets)) or "none"
        raise ConfigError(f"there is no sheet '{name}'.", remedy=f"Sheets here: {have}.")
    return configuration.sheets[name]


def check_sheet(configuration: Configuration, view: Connection, name: str | None) -> None:
    """Accept a sheet that is or was there: an empty list for a name mistyped would say that nothing waits.

    Raises ConfigError that lists the ones there are.
    """
    if name is not None and not queries.has_history(view, name):
        sheet_named(configuration, name)


def sender_named(configuration: Configuration, name: str) -> SenderSheet:
    """Return the sender sheet called `name`. Raises ConfigError for another kind."""
    sheet = sheet_named(configuration, name)
    if not isinstance(sheet, SenderSheet):
        raise ConfigError(f"the sheet '{name}' is a receiver sheet.", remedy="Name a sender sheet.")
    return sheet
