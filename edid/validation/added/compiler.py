"""Compiles one rule pack and says how that went; a process of its own, started by `edid.validation.added.compiling`.

`python -m edid.validation.added.compiler MEMORY SECONDS` reads the pack from standard input and answers one line.
"""

from __future__ import annotations

import os
import pickle
import resource
import sys

from edid.errors import PermanentError
from edid.validation.packs import Pack

DONE = "compiled"


def main(arguments: list[str]) -> None:
    """Answer `DONE`, or why the pack on standard input cannot be used, within so much memory and processor time."""
    memory, seconds = map(int, arguments)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not RLIMIT_AS: the virtual machine of Saxon reserves far more address space than it ever uses.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)  # whatever else writes to standard output does not end in the answer
        pack: Pack = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
        answer.write(compiled(pack))


def compiled(pack: Pack) -> str:
    """Return `DONE`, or why `pack` cannot be used."""
    try:
        if pack.xsd is not None:
            from edid.validation.xsd import schema_of

            schema_of(pack)
        else:
            from edid.validation.saxon.engine import engine

            engine().compile(pack)
    except PermanentError as error:
        return str(error)
    return DONE


if __name__ == "__main__":
    main(sys.argv[1:])
