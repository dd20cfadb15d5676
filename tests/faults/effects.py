"""What calls do to the disks of the model."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.calls import Call
from tests.faults.disk import Disk, Node


class Replay:
    """A disk, fed with the calls of one house in their order."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self._open: dict[int, tuple[Node, int]] = {}
        """By descriptor: what it is, and where the next byte goes."""
        self._effects: dict[str, Callable[[Call], None]] = {
            "openat": self._openat,
            "write": lambda call: self._append(call, call.texts[0][: call.result]),
            "sendfile": self._sendfile,
            "pwrite64": self._pwrite,
            "lseek": self._seek,
            "ftruncate": self._truncate,
            "fsync": self._wait,
            "fdatasync": self._wait,
            "syncfs": self._wait_for_all,
            "mkdir": self._mkdir,
            "mkdirat": self._mkdir,
            "chmod": lambda call: self._mode(call, self.disk.find(call.path())),
            "fchmodat": lambda call: self._mode(call, self.disk.find(call.path())),
            "fchmod": lambda call: self._mode(call, self._opened(call)),
            **dict.fromkeys(("rename", "renameat", "renameat2"), self._rename),
            **dict.fromkeys(("unlink", "unlinkat", "rmdir"), self._unlink),
            **dict.fromkeys(("fchown", "chown", "fchownat", "utimensat", "setxattr", "fsetxattr"), lambda _: None),
        }

    def feed(self, call: Call) -> None:
        """Do what `call` did. Raises KeyError for a call that the model does not know: teach it."""
        self.disk.moment += 1
        self._effects[call.name](call)

    def _openat(self, call: Call) -> None:
        self._open.pop(call.result, None)
        node = self.disk.find(call.path())
        if node is None and "O_CREAT" in call.raw:
            node = self.disk.new(call.path(), call.numbers[-1], is_folder=False)
        if node is not None:
            if "O_TRUNC" in call.raw:
                node.content = b""
            self._open[call.result] = node, len(node.content) if "O_APPEND" in call.raw else 0

    def _opened(self, call: Call, place: int = 0) -> Node | None:
        """Return the open file or folder; None when the descriptor is something else by now."""
        descriptor, path = call.places[place]
        inside = any(path.startswith(str(root)) for root in self.disk.roots.values())
        known = self._open.get(-1 if descriptor is None else descriptor)
        return known[0] if known is not None and inside else None

    def _append(self, call: Call, data: bytes) -> None:
        descriptor = call.places[0][0]
        if descriptor is not None and (node := self._opened(call)) is not None:
            at = self._open[descriptor][1]
            _put(node, data, at)
            self._open[descriptor] = node, at + len(data)

    def _sendfile(self, call: Call) -> None:
        source = self._opened(call, 1)
        start = call.numbers[0] if len(call.numbers) > 1 else 0
        self._append(call, source.content[start : start + call.result] if source is not None else b"")

    def _pwrite(self, call: Call) -> None:
        if (node := self._opened(call)) is not None:
            _put(node, call.texts[0][: call.result], call.numbers[-1])

    def _seek(self, call: Call) -> None:
        descriptor = call.places[0][0]
        if descriptor is not None and (node := self._opened(call)) is not None:
            self._open[descriptor] = node, call.result

    def _truncate(self, call: Call) -> None:
        if (node := self._opened(call)) is not None:
            node.content = node.content[: call.numbers[-1]].ljust(call.numbers[-1], b"\0")

    def _wait(self, call: Call) -> None:
        if (node := self._opened(call)) is not None:
            self.disk.wait(node)

    def _wait_for_all(self, call: Call) -> None:
        if (node := self._opened(call)) is not None:
            self.disk.wait_for_all(node.disk)

    def _mkdir(self, call: Call) -> None:
        self.disk.new(call.path(), call.numbers[-1], is_folder=True)

    def _rename(self, call: Call) -> None:
        old, new = call.path(0), call.path(1)
        source, target, node = self.disk.place(old), self.disk.place(new), self.disk.find(old)
        if source is not None and target is not None and node is not None:
            self.disk.change((*source, None), (*target, node))
        else:
            assert source is target, f"{old} went to {new}, beyond the disks"

    def _unlink(self, call: Call) -> None:
        if (place := self.disk.place(call.path())) is not None:
            self.disk.change((*place, None))

    def _mode(self, call: Call, node: Node | None) -> None:
        if node is not None:
            node.mode = call.numbers[-1]


def _put(node: Node, data: bytes, at: int) -> None:
    node.content = node.content[:at].ljust(at, b"\0") + data + node.content[at + len(data) :]
