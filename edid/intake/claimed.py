"""A claimed file: where it is, what it was called, and the ways out of `claimed/`.

It lies at `claimed/<token>-<name as dropped>`, or at `claimed/<token>/<name as dropped>` when the name has folders
or would grow too long. So its place alone says everything after a crash: no name is encoded, shortened or kept
elsewhere. (The first form spares the filesystem a folder made and removed for each file.)
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import structlog

from edid.intake.failures import folder_failure
from edid.intake.folders import CLAIMED, SheetFolders
from edid.intake.inside import opened_parent
from edid.intake.names import NAME_MAX, numbered, printable
from edid.intake.rename import rename_new
from edid.intake.scan import Kind, kind_of
from edid.store.durable import fsync_folder

_NO_FSYNC = frozenset({errno.EINVAL, errno.EROFS, errno.EBADF})
"""What filesystems say that know no waiting for a folder."""
_TOKEN = re.compile(r"[0-9a-f]{24}")
_PLACE = re.compile(r"([0-9a-f]{24})(?:-(.+))?", re.DOTALL)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claimed:
    """One file that the ERP no longer sees, with its facts just after it was taken."""

    token: str
    """Names this claim for ever: 24 hexadecimal characters, in the order of claiming."""
    relative: str
    """Name relative to the drop folder, exactly as on disk (undecodable bytes as surrogates)."""
    path: Path
    kind: Kind
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    links: int
    """More than 1: somebody kept another name of these bytes and may still change them."""
    marker: str | None = None
    """Name of the marker that vouches for it, relative to the drop folder; see `forget_marker`."""
    marked_ns: int = 0
    """When that marker last changed, as the scan saw it; 0 when no scan did."""

    @property
    def name(self) -> str:
        """The name relative to the drop folder, as text for journal, logs and notes."""
        return printable(self.relative)

    @classmethod
    def at(cls, path: Path, token: str, relative: str) -> Self:
        """Return what lies at `path` as the claim `token`. Raises OSError when nothing does."""
        facts = path.lstat()
        return cls(
            token,
            relative,
            path,
            kind_of(facts.st_mode),
            facts.st_size,
            facts.st_mtime_ns,
            facts.st_ctime_ns,
            facts.st_ino,
            facts.st_nlink,
        )


def place(folders: SheetFolders, token: str, relative: str) -> Path:
    """Return where the file that the ERP called `relative` lies while `token` claims it."""
    if "/" not in relative and len(token) + 1 + len(os.fsencode(relative)) <= NAME_MAX:
        return folders.claimed / f"{token}-{relative}"
    return folders.claimed / token / relative


def new_token() -> str:
    """Return a token that no claim had before; later tokens sort after earlier ones."""
    return f"{time.time_ns():016x}{secrets.token_hex(4)}"


def finish(claimed: Claimed) -> None:
    """Remove a file that is safe elsewhere from `claimed/`. Repeating it is harmless.

    Raises OperatorError or TransientError when the spool does not allow it.
    """
    try:
        claimed.path.unlink(missing_ok=True)
    except OSError as error:
        raise folder_failure(error, "remove", claimed.path) from error
    leave_no_empty_folder(claimed.path)


def make_durable(claimed: Iterable[Claimed], folders: SheetFolders) -> None:
    """Wait until the disk has the renames by which files were claimed; to be called before they are journalled.

    Else a power cut could show a file in the drop folder again that the journal has. First where the files are, then
    where they are no more. Raises OperatorError or TransientError when the disk refuses.
    """
    targets: dict[Path, None] = {folders.claimed: None}
    sources: dict[Path, None] = {}
    for item in claimed:
        targets |= dict.fromkeys(_below(item.path, folders.claimed))
        sources[(folders.out / item.relative).parent] = None
    try:
        for folder in targets:
            fsync_folder(folder)
    except OSError as error:
        if error.errno not in _NO_FSYNC:
            raise folder_failure(error, "make the files durable in", folders.claimed) from error
    for folder in sources:
        with suppress(OSError):  # the ERP's own: it may have removed it since
            fsync_folder(folder)


def forget_marker(claimed: Claimed, folders: SheetFolders) -> None:
    """Remove the marker of a file that does not come back: it must not vouch for the next file of that name.

    Not sooner, because a file that is put back needs its marker to be seen again. A marker that came after the
    claim stays: it is the next file's. (The claim's rename set the change time of the file.)
    """
    if claimed.marker is None:
        return
    with suppress(OSError), opened_parent(folders.out, claimed.marker) as (parent, base):
        stamp = os.stat(base, dir_fd=parent, follow_symlinks=False).st_ctime_ns
        taken = max(claimed.ctime_ns, claimed.marked_ns)
        # Clocks of filesystems are coarse. At the same instant, a file that lies there again decides whose it is.
        if stamp < taken or (stamp == taken and not _is_there(claimed.relative.rsplit("/", 1)[-1], parent)):
            os.unlink(base, dir_fd=parent)


def leave_no_empty_folder(path: Path) -> None:
    """Remove the emptied folders of the claim that held `path`; does nothing for a path elsewhere."""
    if _keeps_claims(path.parent) and _PLACE.fullmatch(path.name):
        return
    folders = list(path.parents)
    tops = [
        depth for depth, folder in enumerate(folders) if _keeps_claims(folder.parent) and _TOKEN.fullmatch(folder.name)
    ]
    with suppress(OSError):
        for folder in folders[: tops[0] + 1] if tops else ():
            folder.rmdir()


def put_back(claimed: Claimed, folders: SheetFolders) -> None:
    """Give a file back to the drop folder under its name; when that is taken meanwhile, under `name-2`.

    Raises OperatorError or TransientError; the file then stays in `claimed/`, where `recover` finds it.
    """
    try:
        try:
            _put_below(folders.out, claimed.path, claimed.relative)
        except (FileNotFoundError, NotADirectoryError):
            # The ERP removed the folder that the file came from.
            _put_below(folders.out, claimed.path, claimed.relative.rsplit("/", 1)[-1])
    except OSError as error:
        raise folder_failure(error, "put back", claimed.path) from error
    leave_no_empty_folder(claimed.path)


def recover(folders: SheetFolders, marker: str | None = None) -> list[Claimed]:
    """Return what a crash left in `claimed/`, in the order of claiming; call it before the first claim.

    `marker` is the sheet's marker suffix where it uses markers. Raises OperatorError or TransientError when the
    folder cannot be read.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(folders.claimed))
    except OSError as error:
        raise folder_failure(error, "read", folders.claimed) from error
    found: list[Claimed] = []
    for name in names:
        match = _PLACE.fullmatch(name)
        if match is None:
            log.warning("intake.stranger_in_claimed", name=printable(name), folder=str(folders.claimed))
            continue
        kept = _only_file(list(_left_in(folders, match[1], match[2])), folders)
        if kept is not None:
            found.append(kept if marker is None else replace(kept, marker=kept.relative + marker))
    return found


def _put_below(out: Path, source: Path, relative: str) -> None:
    with opened_parent(out, relative) as (parent, base):
        number = 1
        while True:
            with suppress(FileExistsError):
                rename_new(source, numbered(base, number), folder=parent)
                return
            number += 1


def _left_in(folders: SheetFolders, token: str, relative: str | None) -> Iterator[Claimed]:
    if relative is not None:
        yield Claimed.at(place(folders, token, relative), token, relative)
        return
    top = folders.claimed / token
    for folder, inner, files in os.walk(top, topdown=False):
        here = Path(folder)
        links = [name for name in inner if (here / name).is_symlink()]
        for name in sorted(files + links):
            yield Claimed.at(here / name, token, str((here / name).relative_to(top)))
        with suppress(OSError):
            here.rmdir()


def _only_file(left: list[Claimed], folders: SheetFolders) -> Claimed | None:
    # A token names one file. A folder, or several files, can only have been swapped in just as it was claimed.
    if len(left) == 1 and left[0].kind != "folder":
        return left[0]
    for claimed in left:
        put_back(claimed, folders)
    return None


def _below(path: Path, top: Path) -> Iterator[Path]:
    """Yield the folders that hold `path`, from the inmost to the one below `top`; none when that is `top` itself."""
    for folder in path.parents:
        if folder == top:
            return
        yield folder


def _keeps_claims(folder: Path) -> bool:
    return folder.name == CLAIMED or folder.name.startswith(f"{CLAIMED}-")  # of `decide`: see SheetFolders.claimed


def _is_there(name: str, folder: int) -> bool:
    with suppress(FileNotFoundError):
        os.stat(name, dir_fd=folder, follow_symlinks=False)
        return True
    return False
