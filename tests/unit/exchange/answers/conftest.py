from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.exchange.answers import folder, queue
from edid.exchange.answers.telling import tell
from tests.unit.exchange.corridor import Corridor


class Desk:
    """A corridor whose sheet wants answers, and its status folder as the ERP sees it."""

    def __init__(self, corridor: Corridor, **answers: Any) -> None:
        self.corridor = corridor
        self.use(**answers)

    def use(self, **answers: Any) -> None:
        """Let the sender sheet want other answers from now on."""
        self.sheet: SenderSheet | ReceiverSheet = self.corridor.sender(answers=answers)
        self.corridor.sheet = self.sheet
        self.start()

    def receive(self, **answers: Any) -> None:
        """Look at a receiver sheet of the same partner instead."""
        self.sheet = self.corridor.receiver(answers=answers)
        self.start()

    def start(self) -> None:
        """What the loop does when it is made and first runs."""
        queue.begin(self.corridor.house.journal, self.sheet)
        folder.prepare(self.folder)

    @property
    def folder(self) -> Path:
        return folder.status_folder(self.corridor.house, self.sheet)

    def tell(self) -> int:
        """Tell everything; return how many events were dealt with."""
        total = 0
        while done := tell(self.corridor.house, self.sheet):
            total += done
        return total

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def contents(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}

    def answers(self) -> list[dict[str, Any]]:
        """The JSON answers, in the order of their names."""
        return [json.loads(content) for name, content in self.contents().items() if name.endswith(".json")]

    def table(self, name: str, encoding: str = "utf-8") -> list[list[str]]:
        text = (self.folder / name).read_bytes().decode(encoding)
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))

    def cursor(self) -> int:
        with self.corridor.house.journal.reading() as view:
            return queue.position(view, self.sheet.name) or 0


@pytest.fixture
def desk(corridor: Corridor) -> Callable[..., Desk]:
    def make(**answers: Any) -> Desk:
        return Desk(corridor, **{"form": "json", **answers})

    return make
