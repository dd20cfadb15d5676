"""What the command line asks of a running daemon."""

from __future__ import annotations

from pathlib import Path

from edid.service.requests import ask_poll, take_poll


def test_a_poll_that_was_asked_for_is_taken_once(tmp_path: Path):
    ask_poll(tmp_path, "chorus")
    ask_poll(tmp_path, "chorus")
    assert take_poll(tmp_path, "chorus")
    assert not take_poll(tmp_path, "chorus")


def test_a_request_is_for_its_sheet_only(tmp_path: Path):
    ask_poll(tmp_path, "chorus")
    assert not take_poll(tmp_path, "other")
    assert take_poll(tmp_path, "chorus")


def test_nothing_was_asked_in_a_new_state_folder(tmp_path: Path):
    assert not take_poll(tmp_path, "chorus")
