"""One edid per state folder."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from edid.service.lock import AlreadyRunningError, StateLock, is_running

HOLDER = """
import sys
from pathlib import Path
from edid.service.lock import StateLock
with StateLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(state: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_edid_is_refused_and_told_which_process_holds_the_folder(tmp_path: Path):
    with holder(tmp_path) as first:
        with pytest.raises(AlreadyRunningError) as refused, StateLock(tmp_path):
            pass
        first.kill()
    assert f"process {first.pid}" in str(refused.value)
    assert str(tmp_path) in str(refused.value)
    assert refused.value.remedy


def test_the_folder_is_free_again_when_its_holder_was_killed(tmp_path: Path):
    with holder(tmp_path) as first:
        assert is_running(tmp_path)
        first.kill()
    assert not is_running(tmp_path)
    with StateLock(tmp_path):
        assert (tmp_path / "edid.lock").read_text() == f"{os.getpid()}\n"


def test_letting_go_lets_the_next_one_in(tmp_path: Path):
    for _ in range(2):
        with StateLock(tmp_path):
            assert is_running(tmp_path)
        assert not is_running(tmp_path)


def test_the_number_of_an_earlier_process_is_not_left_behind(tmp_path: Path):
    (tmp_path / "edid.lock").write_text("99999999999999\n")
    with StateLock(tmp_path):
        assert (tmp_path / "edid.lock").read_text() == f"{os.getpid()}\n"


def test_a_missing_state_folder_is_made_and_closed_to_others(tmp_path: Path):
    state = tmp_path / "var" / "lib" / "edid"
    with StateLock(state):
        assert not stat.S_IMODE(state.stat().st_mode) & 0o007
        assert not stat.S_IMODE((state / "edid.lock").stat().st_mode) & 0o007
