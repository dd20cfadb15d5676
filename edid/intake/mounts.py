"""Which filesystems stamp files with this machine's clock."""

from __future__ import annotations

from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NATIVE = frozenset({"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "tmpfs", "xfs", "zfs"})


def stamped_by_this_machine() -> frozenset[str]:
    """Return the devices (`major:minor`) of the mounted filesystems whose change times this kernel writes.

    Network, FUSE and foreign filesystems are left out: another machine's clock stamps their files, or their
    change time is a copy of the modification time, which a copying program can set to the past.
    """
    try:
        lines = _MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return frozenset()
    return frozenset(device for device, kind in map(_device_and_kind, lines) if kind in _NATIVE)


def _device_and_kind(line: str) -> tuple[str, str]:
    # Source: Linux, Documentation/filesystems/proc.rst, 3.5: id parent major:minor ... - type source options.
    before, _, after = line.partition(" - ")
    return before.split(" ", 3)[2], after.split(" ", 1)[0]
