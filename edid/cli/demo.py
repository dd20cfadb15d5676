"""`edid demo`: the whole corridor on embedded defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    folder: Annotated[Path, typer.Option(help="Where everything is put, to be looked at afterwards.")] = Path(".demo"),
) -> None:
    """See invoices leave a drop folder, reach an SFTP partner, and its answers come back."""
    from edid.sandbox.demonstration import demonstrate

    demonstrate(folder)
