"""Where `schemas/`, `config/` and `systemd/` are: beside the package in a wheel, above it in a checkout."""

from __future__ import annotations

from pathlib import Path

from edid.errors import EdidError

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder of shipped data called `name` (`schemas`, `config` or `systemd`).

    Raises EdidError when the installation is incomplete.
    """
    for candidate in (_PACKAGE / "data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise EdidError(
        f"the shipped folder '{name}' is missing from this installation.",
        remedy="Install edid again from its wheel or run it from a complete checkout.",
    )
