"""What happens at the partner without edid: its folders are emptied, looked at, and filled."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from tests.acceptance.company import contents, digest
from tests.partners.openssh import OpenSshPartner


def emptied(partner: OpenSshPartner) -> OpenSshPartner:
    """Remove what earlier tests left at the partner, and begin a new page of its journal."""
    for name in ("in", "out", "tmp"):
        for left in (partner.root / name).iterdir():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
    partner.forget()
    return partner


def arrived(partner: OpenSshPartner) -> Counter[str]:
    """Return how often which bytes (sha256) stand in the in folder."""
    return Counter(map(digest, contents(partner.root / "in").values()))


def offer(partner: OpenSshPartner, name: str, content: bytes, folder: str = "out") -> Path:
    """Put a file into an out folder, complete when it appears."""
    return partner.write("tmp/waiting", content).rename(partner.root / folder / name)
