"""What edid ships is inside its wheel, and is found from there as well as from a checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from datetime import date
from email.parser import Parser
from pathlib import Path

import pytest

from edid import __version__
from edid.sandbox.invoices import ubl_invoice

SHIPPED = ("schemas", "config", "systemd")
WHERE = "import sys; from edid.resources import folder; print(folder(sys.argv[1]))"
JOURNAL = """
import sys
from edid.journal.database import open_journal
open_journal(f"sqlite:///{sys.argv[1]}").close()
"""


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", SHIPPED)
def test_every_shipped_file_is_in_the_wheel(wheel: Path, project: Path, folder: str):
    ours = {str(path.relative_to(project)) for path in (project / folder).rglob("*") if path.is_file()}
    prefix = "edid/data/"
    assert ours
    assert {name.removeprefix(prefix) for name in names(wheel) if name.startswith(f"{prefix}{folder}/")} == ours


def test_the_migrations_are_in_the_wheel(wheel: Path, project: Path):
    migrations = project / "edid" / "journal" / "migrations"
    ours = {str(path.relative_to(project)) for path in migrations.rglob("*.py")}
    assert ours
    assert ours | {"edid/journal/migrations/script.py.mako", "edid/py.typed"} <= names(wheel)


def test_nothing_but_edid_is_in_the_wheel(wheel: Path):
    assert {name.split("/")[0] for name in names(wheel)} == {"edid", f"edid-{__version__}.dist-info"}
    assert not [name for name in names(wheel) if name.endswith((".pyc", ".db", ".lock")) or "/tests/" in name]


def test_the_wheel_says_its_licence_and_its_command(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        metadata = Parser().parsestr(archive.read(f"edid-{__version__}.dist-info/METADATA").decode())
        scripts = archive.read(f"edid-{__version__}.dist-info/entry_points.txt").decode()
    assert metadata["License-Expression"] == "Apache-2.0"
    assert f"edid-{__version__}.dist-info/licenses/LICENSE" in names(wheel)
    assert "edid = edid.cli.main:run" in scripts


@pytest.mark.parametrize("folder", SHIPPED)
def test_an_installed_edid_finds_what_it_ships_inside_itself(installed, folder: str):
    answer = installed.run("-c", WHERE, folder)
    assert answer.stdout.strip() == str(installed.folder / "edid" / "data" / folder), answer.stderr


@pytest.mark.parametrize("folder", SHIPPED)
def test_a_checkout_finds_them_in_the_repository(project: Path, tmp_path: Path, folder: str):
    answer = subprocess.run(
        [sys.executable, "-c", WHERE, folder],
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
    )
    assert answer.stdout.strip() == str(project / folder), answer.stderr


def test_an_incomplete_installation_says_what_is_missing_and_what_to_do(installed):
    answer = installed.run("-c", WHERE, "no-such-folder")
    assert answer.returncode != 0
    assert "'no-such-folder' is missing" in answer.stderr
    assert "Install edid again" in answer.stderr


@pytest.mark.parametrize("command", [("-m", "edid"), ("bin/edid",)])
def test_an_installed_edid_says_its_version(installed, command: tuple[str, ...]):
    *options, last = command
    target = installed.folder / last if last.startswith("bin/") else last
    answer = installed.run(*options, target, "--version")
    assert answer.stdout == f"edid {__version__}\n", answer.stderr


def test_an_installed_edid_makes_its_journal(installed, tmp_path: Path):
    answer = installed.run("-c", JOURNAL, tmp_path / "journal.db")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "journal.db").stat().st_size > 0


def test_an_installed_edid_judges_an_invoice(installed, tmp_path: Path):
    invoice = tmp_path / "invoice.xml"
    invoice.write_bytes(ubl_invoice("F-1", date(2026, 9, 1)))
    answer = installed.run("-m", "edid", "validate", invoice)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.startswith("VALIDE ")
