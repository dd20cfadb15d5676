"""Other users, other filesystems: what only root can set up."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edid.intake.folders import SheetFolders
from tests.integration.intake.house import Clocks, TakingHouse

EDID_GROUP = 54321
CAP_LEASE = 28
_PR_SET_KEEPCAPS = 8
_CAPABILITY_V3 = 0x20080522

AsUser = Callable[..., None]
Desk = Callable[..., TakingHouse]


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def desk(tmp_path: Path, clocks: Clocks) -> Iterator[Desk]:
    """Open a house that only takes, on clocks that the test moves; all are closed at the end."""
    opened: list[TakingHouse] = []

    def make(**intake: object) -> TakingHouse:
        folder = tmp_path / f"house-{len(opened)}"
        opened.append(TakingHouse(folder, **{"clocks": clocks, "settle": "2s", **intake}))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def root() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to act as other users and to mount")


@pytest.fixture
def open_folder(root: None) -> Iterator[Path]:
    """A folder that every user can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="edid-intake-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def shared(open_folder: Path) -> SheetFolders:
    """A spool whose folders belong to edid's group."""
    os.chown(open_folder, 0, EDID_GROUP)
    open_folder.chmod(0o2755)
    folders = SheetFolders(open_folder / "spool", "sheet")
    folders.prepare(sender=True)
    return folders


@pytest.fixture
def mounted(root: None, tmp_path: Path) -> Iterator[Path]:
    """A tmpfs: another filesystem than the rest of the test."""
    point = tmp_path / "mount"
    point.mkdir()
    mount(point)
    yield point
    subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)


def mount(point: Path, *options: str) -> None:
    try:
        subprocess.run(["mount", "-t", "tmpfs", *options, "edid-test", point], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("cannot mount here")


@pytest.fixture
def as_user(root: None) -> AsUser:
    """Run a function in a forked child as another user of edid's group; its failed assertion fails the test."""

    def run(uid: int, work: Callable[[], object], *, lease: bool = False) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # forking beside pytest's own threads
            child = os.fork()
        if child == 0:
            _become(uid, lease=lease)
            code = 1
            try:
                work()
                code = 0
            except BaseException as error:  # noqa: BLE001 - the child must never return into pytest
                os.write(2, f"{error!r}\n".encode())
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0

    return run


def _become(uid: int, *, lease: bool) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    os.umask(0o007)
    os.setgroups([EDID_GROUP])
    os.setgid(uid)
    if lease:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setuid(uid)
    if lease:
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_V3, 0)
        wanted = 1 << CAP_LEASE
        data = (ctypes.c_uint32 * 6)(wanted, wanted, 0, 0, 0, 0)
        if libc.capset(header, data) != 0:
            os._exit(77)
