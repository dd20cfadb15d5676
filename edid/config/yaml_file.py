"""One YAML file: its data, and the line and column of everything in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from edid.config.key import Loc
from edid.config.problems import InvalidConfigError, Problem
from edid.config.yaml_nodes import compose, line_and_column, scalar

MAX_BYTES = 1_000_000
_SHOWN = 80
_SECRET_NAME = re.compile(r"pass(word|phrase|wd|code)?$|pwd|secret|token|private", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"://.*:.*@|password|PRIVATE KEY", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A value, where it and its key stand (line and column from 1), and how it is written."""

    value: object
    at: tuple[int, int]
    key_at: tuple[int, int]
    found: str


@dataclass(slots=True)
class YamlFile:
    """A file as read, with the problems of its YAML (a key that stands twice)."""

    path: Path
    places: dict[Loc, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def value(self, *path: str | int) -> object:
        """Return the value at `path`, or None when there is none."""
        place = self.places.get(path)
        return place.value if place else None

    def problem(
        self,
        path: Loc,
        message: str,
        *,
        at_key: bool = False,
        show: bool = True,
        allowed: str = "",
        suggestion: str = "",
    ) -> Problem:
        """Return the problem at `path`, or, where nothing stands there, at what should hold it.

        The value found is left out without `show`, and wherever it could be a secret.
        """
        place, at = self.places.get(path), path
        while at not in self.places:
            at = at[:-1]
        line, column = self.places[at].key_at if at_key or place is None else place.at
        found = place.found if place and show and not self.could_be_secret(path) else None
        return Problem(self.path, line, column, dotted(path), found, message, allowed, suggestion)

    def could_be_secret(self, path: Loc) -> bool:
        """Tell whether a key on the way to `path`, or the look of the value, speaks of a secret."""
        named = any(_SECRET_NAME.search(part) for part in path if isinstance(part, str))
        value = self.value(*path)
        return named or (isinstance(value, str) and bool(_SECRET_TEXT.search(value)))

    def _take(self, node: Node, path: Loc, key_at: tuple[int, int]) -> object:
        value: object
        if isinstance(node, MappingNode):
            value, found = self._mapping(node, path), "a mapping"
        elif isinstance(node, SequenceNode):
            items = enumerate(node.value)
            value, found = [self._take(item, (*path, i), _at(item)) for i, item in items], "a list"
        else:
            value = scalar(str(node.tag), str(node.value))
            found = "nothing" if value is None else shown(str(node.value))
        # The parser places an empty value at whatever comes after it.
        empty = node.start_mark.index == node.end_mark.index
        self.places[path] = Place(value, key_at if empty else _at(node), key_at, found)
        return value

    def _mapping(self, node: MappingNode, path: Loc) -> dict[str, object]:
        taken: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line, column = _at(key_node)
            if not isinstance(key_node, ScalarNode):
                message = "a key is one word, not a list or a mapping"
                self.problems.append(Problem(self.path, line, column, dotted(path), None, message))
                continue
            key = str(key_node.value)
            if key in taken:
                message = f"the key stands twice (first in line {lines[key]}): keep one of the two"
                self.problems.append(Problem(self.path, line, column, dotted((*path, key)), None, message))
                continue
            lines[key] = line
            taken[key] = self._take(value_node, (*path, key), (line, column))
        return taken


def read(path: Path) -> YamlFile:
    """Return the file at `path`.

    Raises InvalidConfigError when it cannot be read, is larger than MAX_BYTES, is not UTF-8, is not plain
    YAML, is empty or is not a mapping.
    """
    root = compose(path, _text(path))
    if not isinstance(root, MappingNode):
        raise _refused(path, _at(root), "the file must be a mapping: lines of 'key: value'")
    file = YamlFile(path)
    file._take(root, (), (1, 1))  # noqa: SLF001 - the same file of code
    return file


def dotted(path: Loc) -> str:
    """Return `path` as people write it: `transport.host_keys[0]`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{_plain(part)}" for part in path]
    return "".join(parts).removeprefix(".")


def shown(text: str) -> str:
    """Return `text` fit for a message: quoted, on one line, not too long."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            reason = "not a regular file" if path.exists() else "there is no such file"
            raise _refused(path, None, reason)
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refused(path, None, f"the file cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise _refused(path, None, f"the file is larger than {MAX_BYTES:,} bytes: this is no configuration")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = line_and_column(error.object[: error.start].decode())  # of the text after its byte order mark
        raise _refused(path, place, "not UTF-8 text: save the file as UTF-8") from None


def _at(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _plain(key: str) -> str:
    return key if re.fullmatch(r"[\w-]{1,80}", key) else shown(key)


def _refused(path: Path, place: tuple[int, int] | None, message: str) -> InvalidConfigError:
    line, column = place or (None, None)
    return InvalidConfigError([Problem(path, line, column, "", None, message)])
