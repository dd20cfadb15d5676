"""Read edid.yaml and its sheets: everything right, or every mistake of every file at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from edid import clock
from edid.config import checks
from edid.config.explain import explain
from edid.config.problems import InvalidConfigError, Problem, in_reading_order
from edid.config.settings import Settings
from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.config.yaml_file import YamlFile, read

_SUFFIXES = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration without mistakes. Every path in it is absolute."""

    settings: Settings
    sheets: dict[str, SenderSheet | ReceiverSheet]
    """By name, in the order of their files."""
    path: Path
    """edid.yaml."""
    warnings: tuple[Problem, ...] = ()
    """What is lawful but probably not meant."""


def load(path: Path) -> Configuration:
    """Return the configuration of edid.yaml at `path` and of the sheets it points to.

    Relative paths are resolved against the file they stand in. No network is used, no secret is read.

    Raises InvalidConfigError with all problems of all files.
    """
    reading = _Reading(path.absolute())
    if reading.problems or reading.settings is None:
        raise InvalidConfigError(reading.problems)
    return Configuration(
        settings=reading.settings,
        sheets={sheet.name: sheet for _, sheet in reading.sheets},
        path=reading.path,
        warnings=in_reading_order(reading.warnings()),
    )


class _Reading:
    """One pass over the files; it goes on after a mistake, to find them all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.main = self._read(path)
        self.settings = self._settings(self.main) if self.main else None
        files = [file for name in self._sheet_paths() if (file := self._read(name))]
        self.sheets = [(file, sheet) for file in files if (sheet := self._sheet(file))]
        self.problems += checks.errors_between(files)

    def warnings(self) -> list[Problem]:
        today = clock.now().date()
        alone = [warning for file, sheet in self.sheets for warning in checks.sheet_warnings(file, sheet, today)]
        return [*alone, *checks.warnings_between([file for file, _ in self.sheets])]

    def _read(self, path: Path) -> YamlFile | None:
        try:
            file = read(path)
        except InvalidConfigError as error:
            self.problems += error.problems
            return None
        self.problems += file.problems
        return file

    def _settings(self, file: YamlFile) -> Settings | None:
        self.problems += checks.settings_errors(file)
        try:
            return Settings.model_validate(file.value(), context={"folder": file.path.parent})
        except ValidationError as error:
            self.problems += explain(file, Settings, error)
            return None

    def _sheet(self, file: YamlFile) -> SenderSheet | ReceiverSheet | None:
        self.problems += checks.sheet_errors(file, self.main)
        # An unknown kind is told by the checks; the rest is read as a sender, which has every key.
        model = ReceiverSheet if file.value("kind") == "receiver" else SenderSheet
        try:
            return model.model_validate(file.value(), context={"folder": file.path.parent})
        except ValidationError as error:
            self.problems += [told for told in explain(file, model, error) if told.key != "kind"]
            return None

    def _sheet_paths(self) -> list[Path]:
        if self.settings:
            folder = self.settings.sheets
        else:
            # edid.yaml is refused already; its sheets are read all the same where they can be found.
            named = self.main.value("sheets") if self.main else None
            folder = self.path.parent / (named if isinstance(named, str) else "sheets")
        try:
            names = sorted(folder.iterdir())
        except (OSError, ValueError) as error:
            if self.settings and self.main:
                reason = error.strerror if isinstance(error, OSError) else "not a usable path"
                message = f"the folder of the sheets cannot be read: {folder}: {reason}"
                self.problems.append(self.main.problem(("sheets",), message))
            return []
        return [name for name in names if name.suffix in _SUFFIXES and not name.name.startswith(".")]
