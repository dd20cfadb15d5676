"""The reference page of the configuration, written from the models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from edid.config.key import Key, described, keys, tags
from edid.config.settings import Settings
from edid.config.sheet import BaseSheet, ReceiverSheet, SenderSheet

_INTRODUCTION = """\
# Configuration

<!-- Written by `python -m edid.config.sample` from the models in edid/config: change them, not this page. -->

edid reads `edid.yaml` and every file of its `sheets` folder (`*.yaml`, `*.yml`). Samples with every key stand
in `config/`. `edid config check` reads everything, uses no network, and names each mistake with its file, line,
column, key, the value found and what is allowed; all of them at once.

- A relative path is resolved against the folder of the file it stands in.
- A file is plain YAML: one document, no anchors, aliases or tags, no key twice, at most 1 MB.
- An unknown key is a mistake. A key or section that is left out, or a section left empty, means its default.
- A secret never stands in YAML. It is referred to, either as the name of a systemd credential
  (`credential: NAME`) or as a file (`file: PATH`) that only edid's user or root can read (mode 0600).
- Durations are a number and a unit (`500ms`, `2s`, `5m`, `1h`, `7d`); sizes too (`500kB`, `100MB`, `1GB`; a kB
  is 1000 bytes). Times are UTC.
- A sheet bears the name of its file. In one environment of a platform, only one sheet may send a given
  interface code for a given application code: its flows are numbered in one sequence.
- A SIRET must pass its check digit in production; in qualification, where the platform hands out fictitious
  ones, a failed check digit is a warning.
"""
_TABLE = "| key | what it says | allowed | default |\n|---|---|---|---|"


def reference() -> str:
    """Return docs/configuration.md as text."""
    common = keys(BaseSheet).values()
    of_senders = [key for name, key in keys(SenderSheet).items() if name not in keys(BaseSheet)]
    of_receivers = [key for name, key in keys(ReceiverSheet).items() if name not in keys(BaseSheet)]
    return "\n".join(
        [
            _INTRODUCTION,
            _chapter("edid.yaml", described(Settings), keys(Settings).values()),
            _chapter("A sheet", "One connection to one platform in one environment (fiche EDI).", common),
            _chapter("Only in a sender sheet", described(SenderSheet), of_senders),
            _chapter("Only in a receiver sheet", described(ReceiverSheet), of_receivers),
        ]
    )


def _chapter(title: str, lead: str, rows: Iterable[Key]) -> str:
    return "\n".join([f"## {title}", "", lead, "", _TABLE, *_rows(rows), ""])


def _rows(shown: Iterable[Key], above: str = "") -> Iterator[str]:
    for key in shown:
        path = f"{above}{key.name}"
        yield f"| `{path}` | {_cell(key.description)} | {_cell(key.allowed)} | {_default(key)} |"
        for inner in key.sections:
            if key.tag:
                yield f"| **{key.tag}: {tags(inner, key)[0]}** | {_cell(described(inner))} | | |"
            yield from _rows(keys(inner).values(), f"{path}[]." if isinstance(key.default, list) else f"{path}.")


def _default(key: Key) -> str:
    if key.required:
        return "**required**"
    if key.sections and not isinstance(key.default, list):
        return "its defaults" if key.default is not None else "`null`"
    if isinstance(key.default, str):
        return f"`{key.default}`"
    return f"`{_cell(json.dumps(key.default, ensure_ascii=False))}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
