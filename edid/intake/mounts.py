"""Which filesystems stamp files with this machine's clock, and which know only what their server tells them."""

from __future__ import annotations

import os
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NATIVE = frozenset({"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "tmpfs", "xfs", "zfs"})
_LENDERS = frozenset({"cifs", "nfs", "nfs4", "smb3"})


def stamped_by_this_machine() -> frozenset[str]:
    """Return the devices (`major:minor`) of the mounted filesystems whose change times this kernel writes.

    Network, FUSE and foreign filesystems are left out: another machine's clock stamps their files, or their
    change time is a copy of the modification time, which a copying program can set to the past.
    """
    return frozenset(device for device, kind in _mounted() if kind in _NATIVE)


def lends_leases(device: int) -> bool:
    """Tell whether the filesystem `device` (`st_dev`) grants a lease only when its server has lent it one.

    Source: Linux, fs/nfs/nfs4proc.c (nfs4_add_lease) and fs/smb/client/cifsfs.c (cifs_setlease): without a delegation
    or an oplock both answer EAGAIN, as if somebody were writing.
    """
    name = f"{os.major(device)}:{os.minor(device)}"
    return any(kind in _LENDERS for mounted, kind in _mounted() if mounted == name)


def _mounted() -> list[tuple[str, str]]:
    try:
        lines = _MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return []
    return [_device_and_kind(line) for line in lines]


def _device_and_kind(line: str) -> tuple[str, str]:
    # Source: Linux, Documentation/filesystems/proc.rst, 3.5: id parent major:minor ... - type source options.
    before, _, after = line.partition(" - ")
    return before.split(" ", 3)[2], after.split(" ", 1)[0]
