"""From YAML text to nodes and from scalars to values: the only place that knows the parser.

Only plain YAML is taken: one document, no tags, no anchors and aliases (a few lines of them can unfold to
gigabytes), a bounded depth. Messages never quote the text of the file: a secret may stand in it.
"""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError, MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError

from edid.config.problems import InvalidConfigError, Problem

_DEPTH = 32
_CORE = "tag:yaml.org,2002:"
_DEFECTS = (
    YAMLError,
    ValueError,
    OverflowError,
    NotImplementedError,
    AssertionError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
)
"""What the parser raises for text that it does not expect: `%YAML 1.3` fails one of its assertions."""
_QUOTED = re.compile(r"'(?!<)[^']{4,}'|\"[^\"]{4,}\"")


class _PlainComposer(Composer):
    def compose_node(self, parent: object, index: object) -> Node:
        event = self.parser.peek_event()
        if getattr(event, "anchor", None) is not None:
            raise ComposerError(problem=_NO_ALIAS, problem_mark=event.start_mark)
        if getattr(event, "ctag", None) is not None:
            raise ComposerError(problem=_NO_TAG, problem_mark=event.start_mark)
        node: Node = super().compose_node(parent, index)
        return node


_NO_ALIAS = "anchors and aliases (& and *) are not used here: write the value out, or put it between quotes"
_NO_TAG = "tags (!) are not used here: remove the tag, or put the value between quotes"


def compose(path: Path, text: str) -> Node:
    """Return the root node of `text`; raises InvalidConfigError, naming `path`, when it is not plain YAML."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _PlainComposer
    yaml.max_depth = _DEPTH
    try:
        root: Node | None = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _refused(path, _in_words(error), place) from None
    except ReaderError as error:
        message = f"a control character (code {error.character}) cannot stand in YAML"
        raise _refused(path, message, line_and_column(text[: error.position])) from None
    except _DEFECTS as error:
        raise _refused(path, f"not valid YAML ({type(error).__name__})", (1, 1)) from None
    if root is None:
        raise _refused(path, "the file is empty", (1, 1))
    return root


def scalar(tag: str, text: str) -> object:
    """Return the value of a scalar: text, int, float, bool or None. Dates stay text."""
    kind = tag.removeprefix(_CORE)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in {"true", "yes", "on"}
    try:
        if kind == "int":
            return int(text.replace("_", ""), 0 if text.lstrip("+-0")[:1] in {"x", "o", "b"} else 10)
        if kind == "float":
            return float(re.sub(r"\.(inf|nan)", r"\1", text.replace("_", ""), flags=re.IGNORECASE))
    except ValueError:
        # Such as 1:30 of YAML 1.1, or more digits than int() takes: the model says what it wants.
        return text
    return text


def line_and_column(before: str) -> tuple[int, int]:
    """Return the place, from 1, of the character that follows `before`."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _in_words(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context)
    if isinstance(error, MaxDepthExceededError):
        return f"more than {_DEPTH} levels deep"
    if problem in {_NO_ALIAS, _NO_TAG}:
        return problem
    if r"'\t'" in problem:
        return "a tab cannot stand here: YAML is indented with spaces"
    return f"not valid YAML: {_QUOTED.sub('...', problem)}"


def _refused(path: Path, message: str, place: tuple[int, int]) -> InvalidConfigError:
    return InvalidConfigError([Problem(path, *place, "", None, message)])
