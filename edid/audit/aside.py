"""A table of millions of rows for as long as one look lasts: kept on disk, not in memory."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import ClassVar, Self


class Aside:
    """A table as a context manager; it lives in a temporary file that SQLite removes."""

    TABLE: ClassVar[str]
    """The statement that creates it."""

    def __enter__(self) -> Self:
        """Open it, empty."""
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA cache_size = -16000")
        self._database.execute(self.TABLE)
        self._database.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget it."""
        self._database.close()
