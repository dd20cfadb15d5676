"""strace around one house: which calls it makes that change something, and one of them made to fail or to kill.

strace counts the calls of each name by thread, from the moment it takes hold; so does a `Point`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.faults.driving import PROJECT, Driver

CALLS = (
    "write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,openat,creat,truncate,ftruncate,fallocate,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,mknodat,"
    "chmod,fchmod,fchmodat,chown,fchown,fchownat,utimensat,setxattr,fsetxattr,removexattr,"
    "fsync,fdatasync,sync,syncfs,sync_file_range,msync,sendto,sendmsg,sendmmsg"
)
"""Every call by which a house can change a disk or tell a partner something, and openat to see O_CREAT."""
LINE = re.compile(r"^(?P<thread>\d+) +(?P<call>\w+)\((?P<rest>.*)$")
_STANDARD = re.compile(r"^[012]<")


@dataclass(frozen=True, order=True)
class Point:
    """The `number`-th call of that name since the house was let go."""

    call: str
    number: int
    what: str = ""
    """The call as strace shows it, shortened, without what differs from run to run."""
    refused: bool = False
    """The call failed by itself, such as the making of a folder that is there: it changed nothing."""

    def __str__(self) -> str:
        return f"{self.call}#{self.number} {self.what}"


def record(driver: Driver, config: Path, log: Path) -> list[Point]:
    """Run one house unharmed and return every call by which it changed something, in order, at most once a name."""
    code = driver.run(config, trace=["-y", "-s", "0", "-o", str(log), "-e", f"trace={CALLS}", "-e", "signal=none"])
    assert code == 0, f"the unharmed run ended with {code}"
    counts: Counter[tuple[str, str]] = Counter()
    points: dict[tuple[str, int], Point] = {}
    for line in log.read_text(errors="replace").splitlines():
        match = LINE.match(line)
        if match is None:
            continue
        call, rest = match["call"], match["rest"]
        counts[match["thread"], call] += 1
        number = counts[match["thread"], call]
        if not _harmless(call, rest):
            points.setdefault((call, number), Point(call, number, _shown(rest), " = -1 " in rest))
    return list(points.values())


def inject(call: str, number: int, what: str, *, on: bool = False) -> list[str]:
    """Return the options by which strace does `what` at one call; with `on`, at that one and all that follow."""
    when = f"{number}+" if on else str(number)
    return ["-o", "/dev/null", "-e", f"trace={call}", "-e", "signal=none", "-e", f"inject={call}:{what}:when={when}"]


def _harmless(call: str, rest: str) -> bool:
    if call == "openat":
        return "O_CREAT" not in rest and "O_TRUNC" not in rest
    return call in {"write", "writev"} and _STANDARD.match(rest) is not None


def _shown(rest: str) -> str:
    paths = re.findall(r"[<\"]([^<>\"]+)[>\"]", rest)
    short = ["/".join(path.split("/")[-2:]) for path in paths if path not in {str(PROJECT), "AT_FDCWD"}]
    return re.sub(r"[0-9a-f]{8,}", "*", " ".join(short[:3]))
