"""From pydantic's errors to problems: real places and keys, plain words, a suggestion where one is close."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from edid.config.base import Section
from edid.config.key import Key, Spot, keys, spot, tags
from edid.config.problems import Problem
from edid.config.transport import SecretRef
from edid.config.yaml_file import YamlFile

_BY_REFERENCE = "a secret never stands in YAML: give 'credential: NAME' (systemd) or 'file: PATH' (mode 0600)"
_MESSAGES = {
    "string_type": "a text is expected: put the value between quotes",
    "tuple_type": "a list is expected",
    "model_type": "a mapping is expected",
    "model_attributes_type": "a mapping is expected",
    "literal_error": "not one of the allowed words",
    "union_tag_invalid": "not one of the allowed words",
    "string_pattern_mismatch": "not in the expected form",
    "string_too_short": "the text is empty",
    "greater_than": "the value is too small",
    "greater_than_equal": "the value is too small",
    "less_than": "the value is too large",
    "less_than_equal": "the value is too large",
}


def explain(file: YamlFile, model: type[Section], error: ValidationError) -> list[Problem]:
    """Return a problem for each mistake that pydantic found in `file` when it was read as `model`."""
    return [_problem(file, model, item) for item in error.errors(include_url=False, include_input=False)]


def _problem(file: YamlFile, model: type[Section], item: Mapping[str, Any]) -> Problem:
    where = spot(model, item["loc"])
    kind: str = item["type"]
    if kind == "extra_forbidden":
        return _unknown(file, model, where)
    if where.secret and kind in {"model_type", "string_type"} and where.key and where.key.sections:
        return file.problem(where.path, _BY_REFERENCE, show=False)
    path, allowed = where.path, _allowed(where.key)
    if kind.startswith("union_tag") and where.key:
        path, allowed = (*path, where.key.tag), _tag_words(where.key)
    if where.path and isinstance(where.path[-1], int):
        allowed = allowed.removeprefix("a list, each item: ")
    if kind in {"missing", "union_tag_not_found"} or path not in file.places:
        return file.problem(path, "this key is required", at_key=True, allowed=allowed)
    return file.problem(
        path,
        str(item["ctx"]["error"]) if kind == "value_error" else _MESSAGES.get(kind, "not an allowed value"),
        show=not where.secret,
        allowed=allowed,
        suggestion="" if where.secret else _closest(file.value(*path), _words(where.key)),
    )


def _unknown(file: YamlFile, model: type[Section], where: Spot) -> Problem:
    name = str(where.path[-1])
    known = list(keys(where.section))
    close = _closest(name, known)
    allowed = ", ".join(known)
    if where.section is SecretRef:
        # What stands here instead of 'credential' or 'file' can be the secret itself, even as a key.
        path = where.path if close else where.path[:-1]
        return file.problem(path, "unknown key", at_key=True, show=False, allowed=allowed, suggestion=close)
    if file.could_be_secret(where.path):
        return file.problem(where.path, f"unknown key; {_BY_REFERENCE}", at_key=True, show=False, allowed=allowed)
    elsewhere = next(_homes(model, name), "") if not close else ""
    # The value is not shown: with an unknown key, nobody can tell that it is no secret.
    return file.problem(
        where.path, "unknown key", at_key=True, show=False, allowed=allowed, suggestion=close or elsewhere
    )


def _homes(section: type[Section], name: str, above: str = "") -> Iterator[str]:
    """Yield the paths of the keys called `name` in `section` and below it."""
    for key in keys(section).values():
        if key.name == name:
            yield f"{above}{name}"
        for inner in key.sections:
            yield from _homes(inner, name, f"{above}{key.name}.")


def _words(key: Key | None) -> list[str]:
    if key is None:
        return []
    return list(key.choices) or [word for section in key.sections for word in tags(section, key)]


def _allowed(key: Key | None) -> str:
    if key is None:
        return ""
    if key.tag:
        return f"{key.allowed} with {key.tag}: {_tag_words(key)}"
    inner = ", ".join(name for section in key.sections for name in keys(section))
    return key.allowed.replace("a mapping", f"a mapping with {inner}") if inner else key.allowed


def _tag_words(key: Key) -> str:
    return " or ".join(_words(key))


def _closest(found: object, known: list[str]) -> str:
    if not isinstance(found, str):
        return ""
    spelled = {word.lower().replace("_", "-"): word for word in known}
    close = get_close_matches(found.lower().replace("_", "-"), spelled, n=1)
    return spelled[close[0]] if close else ""
