"""A folder partner is never a way out of its root."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from edid.config.transport import FolderSettings
from edid.errors import OperatorError
from edid.transport.folder import FolderTransport


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "in").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_bytes(b"secret")
    return tmp_path / "root"


@pytest.fixture
def transport(root: Path) -> FolderTransport:
    return FolderTransport(FolderSettings(protocol="folder", root=root))


def test_no_path_leads_above_the_root(transport: FolderTransport, source: Path, tmp_path: Path) -> None:
    above = PurePosixPath("in/../../outside")
    attempts = (
        lambda: transport.list(above),
        lambda: transport.stat(above / "secret"),
        lambda: transport.get(above / "secret", tmp_path / "back", limit=100),
        lambda: transport.put(source, above / "new"),
        lambda: transport.remove(above / "secret"),
        lambda: transport.rename(above / "secret", PurePosixPath("in/a")),
    )
    for attempt in attempts:
        with pytest.raises(OperatorError, match=r"leads out"):
            attempt()


def test_no_symbolic_link_is_followed(transport: FolderTransport, root: Path, source: Path, tmp_path: Path) -> None:
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "in" / "link").symlink_to(tmp_path / "outside" / "secret")
    with pytest.raises(OperatorError, match="link"):
        transport.list(PurePosixPath("link"))
    with pytest.raises(OperatorError, match="link"):
        transport.get(PurePosixPath("in/link"), tmp_path / "back", limit=100)
    with pytest.raises(OperatorError, match="link"):
        transport.put(source, PurePosixPath("in/link"))
    assert transport.list(PurePosixPath("in")) == []
    assert (tmp_path / "outside" / "secret").read_bytes() == b"secret"


def test_a_pipe_in_place_of_a_file_never_blocks(
    transport: FolderTransport, root: Path, source: Path, tmp_path: Path
) -> None:
    os.mkfifo(root / "in" / "pipe")
    with pytest.raises(OperatorError, match="pipe"):
        transport.get(PurePosixPath("in/pipe"), tmp_path / "back", limit=100)
    with pytest.raises(OperatorError, match="pipe"):
        transport.put(source, PurePosixPath("in/pipe"))


def test_a_root_that_is_not_mounted_is_for_the_operator(tmp_path: Path) -> None:
    transport = FolderTransport(FolderSettings(protocol="folder", root=tmp_path / "gone"))
    with pytest.raises(OperatorError, match="gone"):
        transport.connect()


def test_a_root_that_is_a_file_is_for_the_operator(tmp_path: Path, source: Path) -> None:
    with pytest.raises(OperatorError, match=r"source\.xml"):
        FolderTransport(FolderSettings(protocol="folder", root=source)).connect()
