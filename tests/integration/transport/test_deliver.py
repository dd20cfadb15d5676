"""The upload strategies, as the server itself tells them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from edid.config.transport import FolderSettings, SftpSettings
from edid.errors import OperatorError, PermanentError, TransientError
from edid.transport.contract import Progress, Written
from edid.transport.deliver import deliver, is_delivered
from edid.transport.folder import FolderTransport
from edid.transport.sftp import SftpTransport
from tests.integration.transport.conftest import empty, sftp
from tests.partners.openssh import OpenSshPartner
from tests.partners.server_journal import Operation

SIZE = 20_000
STRATEGIES = {
    "suffix-rename": [
        ("open", "in/flow.part", ""),
        ("close", "in/flow.part", ""),
        ("rename", "in/flow.part", "in/flow"),
    ],
    "directory-rename": [
        ("open", "tmp/flow", ""),
        ("close", "tmp/flow", ""),
        ("rename", "tmp/flow", "in/flow"),
    ],
    "direct": [("open", "in/flow", ""), ("close", "in/flow", "")],
    "marker": [
        ("open", "in/flow", ""),
        ("close", "in/flow", ""),
        ("open", "in/flow.ok", ""),
        ("close", "in/flow.ok", ""),
    ],
}


def steps(operations: list[Operation]) -> list[tuple[str, str, str]]:
    return [(step.kind, step.path, step.target) for step in operations if step.kind != "failed"]


def settings_for(partner: OpenSshPartner, strategy: str, **changes: Any) -> SftpSettings:
    empty(partner.root)
    partner.forget()
    return sftp(partner, upload={"strategy": strategy}, **changes)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_strategy_does_its_steps_once_and_in_order(openssh: OpenSshPartner, source: Path, strategy: str) -> None:
    settings = settings_for(openssh, strategy)
    with SftpTransport(settings) as transport:
        assert is_delivered(transport, "flow", SIZE, settings) is False
        delivery = deliver(transport, source, "flow", settings)
        assert is_delivered(transport, "flow", SIZE, settings) is True
    assert (delivery.path, delivery.size, delivery.size_confirmed) == (PurePosixPath("in/flow"), SIZE, True)
    done = openssh.operations()
    assert steps(done) == STRATEGIES[strategy]
    assert next(step.written for step in done if step.kind == "close") == SIZE
    assert (openssh.root / "in" / "flow").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_an_earlier_attempt_left_is_written_over(openssh: OpenSshPartner, source: Path, strategy: str) -> None:
    settings = settings_for(openssh, strategy)
    for left in ("in/flow.part", "tmp/flow", "in/flow"):
        openssh.write(left, b"half" * 10_000)
    with SftpTransport(settings) as transport:
        assert is_delivered(transport, "flow", SIZE, settings) is False
        deliver(transport, source, "flow", settings)
    assert (openssh.root / "in" / "flow").read_bytes() == source.read_bytes()


def test_a_marker_that_is_missing_means_not_delivered(openssh: OpenSshPartner, source: Path) -> None:
    settings = settings_for(openssh, "marker")
    openssh.write("in/flow", source.read_bytes())
    with SftpTransport(settings) as transport:
        assert is_delivered(transport, "flow", SIZE, settings) is False


def test_the_size_is_not_asked_for_when_the_sheet_says_so(openssh: OpenSshPartner, source: Path) -> None:
    settings = settings_for(openssh, "suffix-rename", confirm_size=False)
    with SftpTransport(settings) as transport:
        assert deliver(transport, source, "flow", settings).size_confirmed is False


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", "a\0b"])
def test_a_name_that_is_a_path_is_refused(tmp_path: Path, source: Path, name: str) -> None:
    settings = FolderSettings(protocol="folder", root=tmp_path)
    with pytest.raises(PermanentError, match="name"):
        deliver(FolderTransport(settings), source, name, settings)


@pytest.fixture(scope="module")
def secretive() -> Iterator[OpenSshPartner]:
    """A partner that tells nothing about the files in its folders, and knows only the plain rename."""
    with OpenSshPartner.started(deny=("stat", "lstat", "fstat", "posix-rename")) as partner:
        yield partner


@pytest.fixture(scope="module")
def strict() -> Iterator[OpenSshPartner]:
    """A partner that forbids to rename."""
    with OpenSshPartner.started(deny=("rename", "posix-rename")) as partner:
        yield partner


@pytest.fixture(scope="module")
def plain() -> Iterator[OpenSshPartner]:
    """A partner that forbids the rename that replaces its target."""
    with OpenSshPartner.started(deny=("posix-rename",)) as partner:
        yield partner


def test_a_partner_that_forbids_to_look_still_gets_its_file(secretive: OpenSshPartner, source: Path) -> None:
    settings = settings_for(secretive, "suffix-rename")
    with SftpTransport(settings) as transport:
        assert deliver(transport, source, "flow", settings).size_confirmed is False
        assert is_delivered(transport, "flow", SIZE, settings) is None
    assert (secretive.root / "in" / "flow").read_bytes() == source.read_bytes()


def test_a_partner_that_forbids_to_look_still_gives_its_files(secretive: OpenSshPartner, tmp_path: Path) -> None:
    settings = settings_for(secretive, "direct")
    for size in (0, 20_000, 32_000, 1_000_001):
        data = os.urandom(size)
        secretive.write("out/flow", data)
        back = tmp_path / str(size)
        with SftpTransport(settings) as transport:
            assert transport.get(PurePosixPath("out/flow"), back, limit=size) == size
        assert back.read_bytes() == data


def test_a_partner_that_forbids_to_rename_is_for_the_operator(strict: OpenSshPartner, source: Path) -> None:
    settings = settings_for(strict, "suffix-rename")
    with SftpTransport(settings) as transport, pytest.raises(OperatorError) as caught:
        deliver(transport, source, "flow", settings)
    assert "in/flow.part" in caught.value.message
    assert "direct" in caught.value.remedy
    settings = settings_for(strict, "direct")
    with SftpTransport(settings) as transport:
        assert deliver(transport, source, "flow", settings).size_confirmed


def test_the_plain_rename_serves_where_the_other_is_forbidden(plain: OpenSshPartner, source: Path) -> None:
    settings = settings_for(plain, "suffix-rename")
    with SftpTransport(settings) as transport:
        deliver(transport, source, "flow", settings)
        assert "remove" not in {step.kind for step in plain.operations()}
        plain.write("in/again", b"an older deposit")
        plain.forget()
        deliver(transport, source, "again", settings)
    assert [kind for kind, *_ in steps(plain.operations())] == ["open", "close", "rename", "remove", "rename"]
    assert (plain.root / "in" / "again").read_bytes() == source.read_bytes()


def test_a_partner_that_takes_the_unfinished_file_is_for_the_operator(openssh: OpenSshPartner, source: Path) -> None:
    settings = settings_for(openssh, "suffix-rename")

    def taken(moved: int) -> None:
        (openssh.root / "in" / "flow.part").unlink()

    with SftpTransport(settings) as transport, pytest.raises(OperatorError, match="took it unfinished"):
        deliver(transport, source, "flow", settings, taken)


class Truncating(FolderTransport):
    """A partner that loses the last byte of what it is given."""

    def put(
        self, source: Path, target: PurePosixPath, progress: Progress | None = None, *, look: bool = False
    ) -> Written:
        written = super().put(source, target, progress, look=look)
        os.truncate(self._root.path / target, written.size - 1)
        return Written(written.size, written.size - 1)


def test_another_size_at_the_partner_is_never_called_delivered(tmp_path: Path, source: Path) -> None:
    (tmp_path / "in").mkdir()
    settings = FolderSettings(protocol="folder", root=tmp_path)
    with Truncating(settings) as transport, pytest.raises(TransientError, match="19999 bytes"):
        deliver(transport, source, "flow", settings)
    assert not (tmp_path / "in" / "flow").exists()
