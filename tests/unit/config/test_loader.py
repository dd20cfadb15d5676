from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from edid.config.sheet import ReceiverSheet, SenderSheet

from .conftest import MAIN, RECEIVER, SENDER, Etc


def test_a_right_configuration_is_read_without_a_word(etc: Etc):
    etc.sheet(SENDER)
    etc.sheet(RECEIVER.replace("host: ", "host: other."), "inbox.yml")
    configuration = etc.load()
    assert configuration.path == etc.main
    assert list(configuration.sheets) == ["chorus", "inbox"]
    assert isinstance(configuration.sheets["chorus"], SenderSheet)
    assert isinstance(configuration.sheets["inbox"], ReceiverSheet)
    assert configuration.warnings == ()


def test_relative_paths_stand_on_the_file_they_are_written_in(etc: Etc, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    etc.sheet(SENDER + "certificate: {file: cert.pem}\n")
    configuration = etc.load()
    sheet = configuration.sheets["chorus"]
    assert configuration.settings.spool == etc.folder / "spool"
    assert configuration.settings.state == Path("/var/lib/edid")
    assert configuration.settings.sheets == etc.folder / "sheets"
    assert sheet.transport.key.file == etc.folder / "sheets" / "keys" / "chorus"
    assert sheet.certificate.file == etc.folder / "sheets" / "cert.pem"


def test_the_root_of_a_folder_transport_stands_on_the_sheet(etc: Etc):
    start, end = SENDER.index("  protocol"), SENDER.index("contact")
    etc.sheet(f"{SENDER[:start]}  protocol: folder\n  root: partner\n{SENDER[end:]}")
    assert etc.load().sheets["chorus"].transport.root == etc.folder / "sheets" / "partner"


def test_the_path_of_edid_yaml_may_be_relative(etc: Etc, monkeypatch):
    from edid.config.loader import load

    monkeypatch.chdir(etc.folder)
    assert load(Path("edid.yaml")).settings.spool == etc.folder / "spool"


def test_the_folder_of_the_sheets_can_be_elsewhere(etc: Etc):
    etc.main.write_text(MAIN + "sheets: fiches\n", encoding="utf-8")
    (etc.folder / "fiches").mkdir()
    (etc.folder / "fiches" / "chorus.yaml").write_text(SENDER, encoding="utf-8")
    assert list(etc.load().sheets) == ["chorus"]


def test_backups_of_editors_and_other_files_are_no_sheets(etc: Etc):
    etc.sheet(SENDER)
    for name in (".#chorus.yaml", ".chorus.yaml", "chorus.yaml~", "README.md", "chorus.yaml.bak"):
        etc.sheet("not: a sheet", name)
    assert list(etc.load().sheets) == ["chorus"]


def test_an_empty_section_means_its_defaults(etc: Etc):
    etc.main.write_text(MAIN + "limits:\nschedules:\n  # scan: 1s\n", encoding="utf-8")
    settings = etc.load().settings
    assert settings.limits.flow_size == 1_000_000_000
    assert settings.schedules.scan == timedelta(seconds=5)


def test_cron_replaces_the_interval(etc: Etc):
    etc.sheet(SENDER + "poll: {cron: '*/10 6-20 * * mon-fri'}\n")
    poll = etc.load().sheets["chorus"].poll
    assert (poll.every, poll.cron) == (None, "*/10 6-20 * * mon-fri")


def test_durations_and_sizes_are_read_in_their_units(etc: Etc):
    etc.main.write_text(
        MAIN + "limits: {judge_time: 1.5m, flow_size: 500 MB, judge_memory: 300000000}\n", encoding="utf-8"
    )
    limits = etc.load().settings.limits
    assert (limits.judge_time, limits.flow_size) == (timedelta(seconds=90), 500_000_000)
    assert limits.judge_memory == 300_000_000
