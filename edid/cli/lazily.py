"""Sub-commands that are imported when they are called: half of the time of a short command is importing the others."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup


class LazyGroup(TyperGroup):
    """A group of commands known by name; subclasses say where each one is written."""

    PLACES: ClassVar[Mapping[str, str]]
    """Module and object, which is a Typer app or a function: `package.module:object`."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - handed on as they come
        super().__init__(**settings)
        for name in self.PLACES:
            self.commands.setdefault(name, None)  # type: ignore[arg-type]  # named, so that a near miss is suggested

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 - the names do not depend on it
        """Return the names in their order."""
        return list(self.PLACES)

    def get_command(self, ctx: object, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - a type that typer keeps private
        """Import a command; None when there is none of this name."""
        if cmd_name in self.PLACES and self.commands[cmd_name] is None:
            self.commands[cmd_name] = _command(cmd_name, self.PLACES[cmd_name])
        return self.commands.get(cmd_name)


def _command(name: str, place: str) -> Any:  # noqa: ANN401 - see above
    module, _, attribute = place.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    holder = typer.Typer()
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return typer.main.get_group(holder).commands[name]
