from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from edid import __version__
from edid.cli.main import app
from tests.unit.cli.conftest import Edid


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    context = typer.Context(command)
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from _commands(command.get_command(context, name), (*path, name))


COMMANDS = list(_commands(typer.main.get_command(app)))


def test_all_promised_commands_are_there() -> None:
    assert {" ".join(path) for path in COMMANDS} >= {
        *("run", "validate", "send", "poll", "status", "sandbox", "demo"),
        *("config check", "config schema", "config show"),
        *("flows list", "flows show", "flows retry"),
        *("documents list", "documents show", "documents force"),
    }


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself(edid: Edid, path: tuple[str, ...], option: str) -> None:
    said = edid(*path, option)
    assert said.code == 0
    assert "Usage:" in said.out
    assert said.err == ""


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_and_argument_has_its_words(path: tuple[str, ...]) -> None:
    command: Any = typer.main.get_command(app)
    for name in path:
        command = command.get_command(typer.Context(command), name)
    assert command.help
    for parameter in command.params:
        if parameter.name not in {"help", "install_completion", "show_completion"}:
            assert parameter.help, f"{' '.join(path)} {parameter.name}"


@pytest.mark.parametrize("path", [(), ("config",), ("flows",), ("documents",)])
def test_a_group_alone_shows_its_commands(edid: Edid, path: tuple[str, ...]) -> None:
    said = edid(*path)
    assert "Usage:" in said.out + said.err
    assert said.code in {0, 2}


def test_the_version_is_told(edid: Edid) -> None:
    assert edid("--version").out == f"edid {__version__}\n"


def test_a_near_miss_is_told_what_was_meant(edid: Edid) -> None:
    assert "'rules'" in edid("rule").err


def test_a_command_imports_no_other() -> None:
    program = "from edid.cli.main import app; app(['flows', '--help'], standalone_mode=False)"
    program = f"import sys; {program}; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE)
    loaded = set(said.stdout.decode().splitlines()[-1].split())
    assert "edid.cli.flows" in loaded
    assert not loaded & {"edid.cli.rules", "edid.cli.service", "edid.cli.validate", "paramiko", "saxonche"}
