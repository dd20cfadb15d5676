"""Archives as ERPs and platforms make them, and what stands in those that edid makes."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping


def tar_gz(members: Mapping[str, bytes]) -> bytes:
    """Return a tar.gz of `members` in their order."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return packed.getvalue()


def members(packed: bytes) -> dict[str, bytes]:
    """Return the members of a tar.gz by name, in their order; a name that stands twice is an error."""
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            assert member.name not in found
            found[member.name] = content.read()
    return found
