"""The rule packs of the configuration that a command is about, or of this installation where there is none."""

from __future__ import annotations

from dataclasses import dataclass

import typer

from edid.cli.context import state
from edid.config.loader import Configuration
from edid.config.settings import Limits
from edid.validation.added import AddedRules


@dataclass(frozen=True, slots=True)
class Place:
    """Where the packs are, and the limits for processes that use them."""

    rules: AddedRules
    limits: Limits
    configuration: Configuration | None

    def pinned_by(self, name: str, version: str) -> list[str]:
        """Return the sheets that pin `version` of the pack `name`."""
        sheets = self.configuration.sheets.values() if self.configuration else ()
        return [sheet.name for sheet in sheets if f"{name}@{version}" in sheet.validation.pins]


def configured(context: typer.Context) -> Place:
    """Return the place of the configuration. Raises ConfigError with every problem."""
    configuration = state(context).configuration()
    return Place(AddedRules(configuration.settings.state / "rules"), configuration.settings.limits, configuration)


def readable(context: typer.Context) -> Place:
    """Return the same; the shipped packs alone where nobody named a configuration and none is in its usual place.

    Raises ConfigError with every problem of the configuration there is.
    """
    origin = context.find_root().get_parameter_source("config_file")
    if origin is None or origin.name != "DEFAULT" or state(context).config_file.exists():
        return configured(context)
    typer.echo("no configuration: only the rule packs of this installation", err=True)
    return Place(AddedRules(None), Limits(), None)
