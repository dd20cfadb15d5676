"""What the daemon writes for journald, and for people."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from edid.config.settings import Logging
from edid.service.logs import configure


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def written(settings: Logging, stream: Any = None) -> tuple[Any, Any]:
    target = stream or io.StringIO()
    configure(settings, stream=target)
    return target, structlog.get_logger()


def test_each_event_is_one_json_line_with_its_name_level_and_time():
    target, log = written(Logging(format="json"))
    log.info("flow.sent", sheet="chorus", flow_id=7, flow="FSO1100A_AAA123")
    log.warning("poll.failed", sheet="chorus", error="line one\nline two")
    first, second = (json.loads(line) for line in target.getvalue().splitlines())
    assert {key: first[key] for key in ("event", "level", "sheet", "flow_id")} == {
        "event": "flow.sent",
        "level": "info",
        "sheet": "chorus",
        "flow_id": 7,
    }
    assert datetime.fromisoformat(first["timestamp"]).utcoffset() == timedelta(0)
    assert (second["event"], second["level"], second["error"]) == ("poll.failed", "warning", "line one\nline two")


def test_french_letters_stay_readable_in_json():
    target, log = written(Logging(format="json"))
    log.info("file.claimed", file="numérotée.xml")
    assert "numérotée.xml" in target.getvalue()


def test_a_fault_keeps_its_traceback_inside_its_line():
    target, log = written(Logging(format="json"))
    try:
        int("seven")
    except ValueError:
        log.exception("loop.fault", loop="chorus/judging")
    (line,) = target.getvalue().splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


def test_the_console_form_names_the_event_and_its_facts_and_is_no_json():
    target, log = written(Logging(format="console"))
    log.info("flow.sent", sheet="chorus")
    assert "flow.sent" in target.getvalue()
    assert "chorus" in target.getvalue()
    assert not target.getvalue().startswith("{")


@pytest.mark.parametrize(("stream", "is_json"), [(io.StringIO(), True), (Terminal(), False)])
def test_by_itself_it_takes_json_for_journald_and_the_console_form_for_a_terminal(stream: io.StringIO, is_json: bool):
    target, log = written(Logging(), stream)
    log.info("daemon.ready")
    assert target.getvalue().startswith("{") is is_json


@pytest.mark.parametrize(("level", "kept"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_what_is_less_severe_than_the_level_is_not_written(level: str, kept: int):
    target, log = written(Logging.model_validate({"level": level, "format": "json"}))
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)("an.event")
    assert len(target.getvalue().splitlines()) == kept


def test_the_libraries_do_not_chatter():
    configure(Logging(), stream=io.StringIO())
    assert not logging.getLogger("paramiko.transport").isEnabledFor(logging.ERROR)
    assert not logging.getLogger("apscheduler.scheduler").isEnabledFor(logging.ERROR)


LOGS_A_LOT = """
import structlog
from edid.config.settings import Logging
from edid.service.logs import configure
configure(Logging(format="json"))
for number in range(1000):
    structlog.get_logger().info("flow.sent", number=number, flow="FSO1100A_AAA123")
print("and went on")
"""


def said_by_one_who_logs(stream: int) -> str:
    ran = subprocess.run([sys.executable, "-c", LOGS_A_LOT], stdout=subprocess.PIPE, stderr=stream, check=False)
    return ran.stdout.decode()


def test_a_log_on_a_full_disk_fails_nobody_who_logs():
    with Path("/dev/full").open("wb") as full:
        assert said_by_one_who_logs(full.fileno()) == "and went on\n"


def test_a_log_that_nobody_reads_any_more_fails_nobody_who_logs():
    read, write = os.pipe()
    os.close(read)
    try:
        assert said_by_one_who_logs(write) == "and went on\n"
    finally:
        os.close(write)


def test_a_log_goes_on_where_it_can_be_written_again(monkeypatch: pytest.MonkeyPatch):
    target, log = written(Logging(format="json"))
    with monkeypatch.context() as broken:
        broken.setattr(target, "write", lambda _text: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        log.info("flow.sent", number=1)
    log.info("flow.sent", number=2)
    assert [json.loads(line)["number"] for line in target.getvalue().splitlines()] == [2]
