"""A copy of an SQLite journal while edid runs. The store is copied after it: it only grows, but for a purge."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from edid.errors import OperatorError, PermanentError
from edid.store.durable import fsync_file, fsync_folder


def backup(url: str, target: Path) -> None:
    """Copy the journal at `url` to the new file `target`, durably, as it is at one moment; writers go on meanwhile.

    Raises PermanentError for a journal in PostgreSQL or a target that stands, OperatorError when it cannot be written.
    """
    if not url.startswith("sqlite"):
        raise PermanentError(
            "this journal lives in PostgreSQL, which makes its own copies.",
            remedy="Use: pg_dump --format=custom --file=journal.dump and the URL of the journal.",
        )
    if target.exists():
        raise PermanentError(f"{target} stands already.", remedy="Name a file that does not exist yet.")
    temporary = target.parent / f".{target.name}.{secrets.token_hex(4)}.tmp"
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        source = sqlite3.connect(
            f"{Path(make_url(url).database or '').absolute().as_uri()}?mode=ro", uri=True, timeout=30
        )
        with closing(source), closing(sqlite3.connect(temporary)) as copy:
            source.backup(copy)  # all pages in one step: one moment, and never begun again
            copy.execute("PRAGMA journal_mode = DELETE")
            (sound,) = copy.execute("PRAGMA quick_check").fetchone()
        if sound != "ok":
            raise OperatorError(f"the copy of the journal is damaged: {sound}.", remedy="Check the disk; try again.")
        fsync_file(temporary)
        os.link(temporary, target)  # refuses what came to stand there meanwhile
        fsync_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise OperatorError(
            f"the journal cannot be copied to {target}: {error}.", remedy="Check the folder and the space there."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
