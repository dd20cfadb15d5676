"""What a faulty partner does wrong at this moment. Every field is a switch; as built, the partner is sound."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from enum import IntEnum

NO_SUCH_FILE, DENIED, FAILURE, BAD_MESSAGE, UNSUPPORTED = 2, 3, 4, 5, 8
NO_SUCH_PATH, WRITE_PROTECTED, DISK_FULL, QUOTA = 10, 12, 14, 15
"""Status codes; those above 8 belong to later versions of SFTP, and servers send them all the same."""


class Ask(IntEnum):
    """The requests of SFTP version 3 that the partner knows (draft-ietf-secsh-filexfer-02, section 3)."""

    INIT = 1
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    LSTAT = 7
    FSTAT = 8
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    STAT = 17
    RENAME = 18
    POSIX_RENAME = 200


@dataclass
class Faults:
    """The switches of one partner. Set them at any time, from any thread; `calm` puts all of them back."""

    # --- login
    refuses_key: bool = False
    wants_password: bool = False
    """Take no key from anybody."""
    password_expired: bool = False
    """The key is right; then nothing but a word on the error stream and exit 1, as sshd with PAM does."""
    no_sessions: int | None = None
    """Refuse the channel with this SSH code: 1 prohibited, 4 resource shortage (RFC 4254, section 5.1)."""
    silent_login: bool = False
    """Never answer a key."""

    # --- requests
    refuses: dict[Ask, tuple[int, str]] = field(default_factory=dict)
    """Answer these with a status code and a text; nothing is done."""
    silent_on: set[Ask] = field(default_factory=set)
    """From the first of these on, never answer again in that session."""
    drops_before: set[Ask] = field(default_factory=set)
    """Cut the connection instead of doing these."""
    drops_after: set[Ask] = field(default_factory=set)
    """Do these, and cut the connection instead of saying so."""
    resets: bool = False
    """What is cut ends with a TCP reset, not with an orderly end."""
    drips: float = 0
    """Seconds between two bytes of an answer, but for the greeting; 0: answers are whole."""
    posix_rename: bool = True
    """Offer the rename that replaces its target."""

    # --- bytes
    drops_written_at: int | None = None
    """Cut the connection when an upload has come to so many bytes."""
    drops_read_at: int | None = None
    room: int | None = None
    """Bytes that one upload may have; what is beyond is refused with `full_code`."""
    full_code: int = FAILURE

    # --- what is told of files
    lie: Callable[[int], int | None] | None = None
    """From the true size to the one that is told, also of open files; None: there is no such file."""
    grows: int = 0
    """Bytes that a file gains each time some of it is read."""
    endless: bool = False
    """Files have no size and no end."""
    once: bool = False
    """A file that was read and properly closed is gone."""
    gone_at_open: set[bytes] = field(default_factory=set)
    """Names that are listed, and removed the moment somebody opens them."""
    refuses_to_read: set[bytes] = field(default_factory=set)
    """Names of files that open, and fail at each read."""
    also_lists: list[bytes] = field(default_factory=list)
    """Names of files that are told of and do not exist."""
    twice: bool = False
    """Every name is listed twice."""
    clock: float = 0
    """Seconds by which the partner's clock is ahead."""
    empty_pages: bool = False
    """A listing is a row of pages without names that never ends."""

    def calm(self) -> None:
        """Switch every fault off."""
        fresh = Faults()
        for one in fields(self):
            setattr(self, one.name, getattr(fresh, one.name))

    def modified(self, at: float) -> int:
        """Return the time that is told of a file which changed at `at`."""
        return max(0, min(int(at + self.clock), 2**32 - 1))

    def put_clock_to(self, moment: float) -> None:
        """Let the partner believe that it is `moment` (seconds since 1970)."""
        self.clock = moment - time.time()
