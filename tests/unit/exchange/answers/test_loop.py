"""The loop of a sheet: what it prepares, and that a folder which cannot be used stops nothing else."""

from __future__ import annotations

import os
import stat
from typing import Any

from edid.exchange.answers.folder import drop, prepare
from edid.exchange.pulse import Pulse
from edid.exchange.setbacks import Setbacks
from edid.service.answering import Answering, answering_loop
from tests.unit.exchange.corridor import Corridor
from tests.unit.exchange.returned import Invoice


def test_a_sheet_that_wants_nothing_has_no_loop_and_no_folder(corridor: Corridor) -> None:
    assert answering_loop(corridor.house, corridor.sheet) is None
    assert not (corridor.house.folders(corridor.sheet).root / "status").exists()


def test_what_happens_between_the_start_and_the_first_look_is_told(corridor: Corridor, invoice: Invoice) -> None:
    sheet = corridor.sender(answers={"form": "csv"})
    assert answering_loop(corridor.house, sheet) is not None
    corridor.outbound(("a.xml", invoice("F-1")))
    step = Answering(corridor.house, sheet).step
    assert step(Pulse()) > 0
    assert len(corridor.kept("status", sheet)) == 2


def test_the_erp_may_take_answers_away(corridor: Corridor, tmp_path: Any) -> None:
    folder = tmp_path / "status"
    prepare(folder)
    drop(folder, [("a.csv", b"x")])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o2770
    assert stat.S_IMODE((folder / "a.csv").stat().st_mode) == 0o640


def test_what_a_crash_left_unfinished_is_removed_and_nothing_else(tmp_path: Any) -> None:
    for name in (".answer-0123456789abcdef.tmp", ".mine.tmp", "a.csv"):
        (tmp_path / name).write_bytes(b"")
    prepare(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".mine.tmp", "a.csv"]


def test_a_folder_that_cannot_be_made_is_come_back_to(corridor: Corridor, invoice: Invoice) -> None:
    sheet = corridor.sender(answers={"form": "csv"})
    answering_loop(corridor.house, sheet)
    corridor.outbound(("a.xml", invoice("F-1")))
    status = corridor.house.folders(sheet).root / "status"
    status.write_bytes(b"in the way")
    answering = Answering(corridor.house, sheet)
    answering.step(Pulse())
    status.unlink()
    answering.step(Pulse())
    assert len(corridor.kept("status", sheet)) == 2


def test_a_folder_that_vanished_is_not_made_anew(corridor: Corridor, invoice: Invoice) -> None:
    sheet = corridor.sender(answers={"form": "csv"})
    answering_loop(corridor.house, sheet)
    answering = Answering(corridor.house, sheet)
    answering.step(Pulse())
    status = corridor.house.folders(sheet).root / "status"
    status.rmdir()
    corridor.outbound(("a.xml", invoice("F-1")))
    answering.step(Pulse())
    assert not status.exists()
    object.__setattr__(corridor.house, "setbacks", Setbacks(first=3600))
    answering.step(Pulse())
    assert corridor.house.setbacks.resting(f"answers.{sheet.name}") == {0}
