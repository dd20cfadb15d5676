"""The documented sample files, written from the models: every key, what it means, a value that works.

`python -m edid.config.sample` in a checkout writes the files of config/ and docs/configuration.md anew.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from edid.config.base import Section
from edid.config.key import Key, described, keys, tags
from edid.config.reference import reference
from edid.config.settings import Settings
from edid.config.sheet import ReceiverSheet, SenderSheet

_WIDTH = 100
_WORD = re.compile(r"[A-Za-z/][A-Za-z0-9._/-]*|[0-9]+(ms|s|m|h|d|B|kB|MB|GB)")
_NOT_TEXT = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

_CONNECTION = {
    "enabled": False,
    "transport": {"protocol": "sftp", "key": {"credential": "chorus-qualif-key"}},
}
_HEADER = (
    "Every key is here with its default or an example, and in brackets what is allowed. A key that keeps its "
    "default may be removed. Relative paths start from the folder of this file. 1 kB is 1000 bytes."
)
SAMPLES: Mapping[str, tuple[type[Section], Mapping[str, object]]] = {
    "edid.yaml": (Settings, {}),
    "sheets/chorus-qualif-emetteur.yaml": (
        SenderSheet,
        {
            **_CONNECTION,
            "name": "chorus-qualif-emetteur",
            "interfaces": {"emission": ["FSO1100A", "FSO1106A"]},
        },
    ),
    "sheets/chorus-qualif-recepteur.yaml": (
        ReceiverSheet,
        {
            **_CONNECTION,
            "name": "chorus-qualif-recepteur",
            "application_code": "AAA124",
            "interfaces": {"reception": ["FEN0036A"]},
        },
    ),
}
"""What each shipped file is made of: its model, and the values that are neither default nor example."""


def sample(name: str) -> str:
    """Return the text of the sample file called `name` (a key of SAMPLES)."""
    model, chosen = SAMPLES[name]
    lines = [f"# /etc/edid/{name}", *_comment(described(model)), *_comment(_HEADER)]
    return "\n".join([*lines, *_section(model, chosen, ""), ""])


def write(project: Path) -> list[Path]:
    """Write every generated file below the checkout `project`; return their paths."""
    files = {project / "config" / name: sample(name) for name in SAMPLES}
    files[project / "docs" / "configuration.md"] = reference()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def _section(section: type[Section], chosen: Mapping[str, object], indent: str) -> Iterator[str]:
    for key in keys(section).values():
        if not indent:
            yield ""
        yield from _comment(_explained(key), indent)
        value = chosen.get(key.name)
        if key.sections and not _is_listed_or_null(key, value):
            inner = value if isinstance(value, Mapping) else {}
            yield f"{indent}{key.name}:"
            yield from _section(_member(key, inner), inner, f"{indent}  ")
        else:
            yield f"{indent}{key.name}: {_written(_value(key, value))}"


def _is_listed_or_null(key: Key, value: object) -> bool:
    return isinstance(key.default, list) or (value is None and key.default is None and not key.required)


def _explained(key: Key) -> str:
    plain = not key.sections or isinstance(key.default, list)
    return f"{key.description} [{key.allowed}]" if plain else key.description


def _member(key: Key, chosen: Mapping[str, object]) -> type[Section]:
    return next(one for one in key.sections if not key.tag or chosen[key.tag] in tags(one, key))


def _value(key: Key, chosen: object) -> object:
    if chosen is not None:
        return chosen
    if not key.required:
        return key.default
    return key.choices[0] if len(key.choices) == 1 else key.examples[0]


def _written(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_written(item) for item in value)}]"
    if isinstance(value, str) and _WORD.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)


def _comment(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ", break_on_hyphens=False
    )


if __name__ == "__main__":
    write(Path(__file__).resolve().parents[2])
