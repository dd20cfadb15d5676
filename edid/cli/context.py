"""What the commands share: the configuration file, opened only by the commands that need it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from edid.config.loader import Configuration, load
from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.errors import ConfigError
from edid.journal.database import Journal, default_url, open_journal

DEFAULT_CONFIG = Path("/etc/edid/edid.yaml")


@dataclass(frozen=True, slots=True)
class State:
    """The options before the sub-command."""

    config_file: Path

    def configuration(self) -> Configuration:
        """Load the configuration. Raises ConfigError with every problem."""
        return load(self.config_file)

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """Open the journal of the configuration for as long as the command runs."""
        settings = self.configuration().settings
        if settings.journal is None and not settings.state.is_dir():
            raise ConfigError(
                f"there is no journal yet in {settings.state}.", remedy="Start the daemon once: edid run."
            )
        journal = open_journal(settings.journal or default_url(settings.state))
        try:
            yield journal
        finally:
            journal.close()


def state(context: typer.Context) -> State:
    """Return what the callback stored."""
    assert isinstance(context.obj, State)
    return context.obj


def sheet_named(configuration: Configuration, name: str) -> SenderSheet | ReceiverSheet:
    """Return the sheet called `name`. Raises ConfigError that lists the ones there are."""
    if name not in configuration.sheets:
        have = ", ".join(sorted(configuration.sheets)) or "none"
        raise ConfigError(f"there is no sheet '{name}'.", remedy=f"Sheets here: {have}.")
    return configuration.sheets[name]


def sender_named(configuration: Configuration, name: str) -> SenderSheet:
    """Return the sender sheet called `name`. Raises ConfigError for another kind."""
    sheet = sheet_named(configuration, name)
    if not isinstance(sheet, SenderSheet):
        raise ConfigError(f"the sheet '{name}' is a receiver sheet.", remedy="Name a sender sheet.")
    return sheet
