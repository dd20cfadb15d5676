"""The names of the files in a zip that is in memory: its directory is read, nothing is unpacked.

The directory of a zip may list millions of files, of which the standard library would make objects before it
says a word; so the records are walked here, one by one, and no more than `LISTED` of them (PKWARE, APPNOTE 4.3).
"""

from __future__ import annotations

import struct

LISTED = 100
"""Most records that are looked at."""

_END, _END_MARK = struct.Struct("<4s4H2LH"), b"PK\x05\x06"
_RECORD, _RECORD_MARK = struct.Struct("<4s6H3L5H2L"), b"PK\x01\x02"
_LONGEST_COMMENT = 0xFFFF
_IN_ZIP64 = 0xFFFFFFFF
_UTF_8 = 0x800


def read(data: bytes) -> tuple[str, ...] | None:
    """Return the names of the files, folders left out, among the first `LISTED` records of the zip `data`.

    None when the list is kept in the zip64 way; empty when it is damaged. Never raises.
    """
    end = data.rfind(_END_MARK, max(0, len(data) - _END.size - _LONGEST_COMMENT))
    if end < 0 or len(data) - end < _END.size:
        return ()
    _, _, _, _, count, size, offset, _ = _END.unpack_from(data, end)
    if _IN_ZIP64 in {size, offset}:
        return None
    place, names = end - size, []
    for _ in range(min(count, LISTED)):
        if place < 0 or place + _RECORD.size > end or data[place : place + 4] != _RECORD_MARK:
            return ()
        record = _RECORD.unpack_from(data, place)
        flags, lengths = record[3], record[10:13]
        name = data[place + _RECORD.size : place + _RECORD.size + lengths[0]]
        names.append(name.decode("utf-8" if flags & _UTF_8 else "cp437", errors="replace"))
        place += _RECORD.size + sum(lengths)
    return tuple(name for name in names if not name.endswith("/"))
