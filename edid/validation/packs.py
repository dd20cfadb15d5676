"""Rule packs: which schema judges which kind of document. Plain data, so that judge processes need no more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edid.documents.kinds import Kind


@dataclass(frozen=True, slots=True)
class Xsd:
    """Where a schema is, and what it must hash to: a file, or a path inside an installed package."""

    sha256: str
    """Of the main file."""
    files_sha256: str
    """Digest over the main file and everything it includes or imports; see `edid.validation.files.digest`."""
    package: str | None = None
    path: str | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """The schema of one format."""

    name: str
    kinds: tuple[Kind, ...]
    version: str
    xsd: Xsd
    source: str
    """Whose format this is and where the file comes from, in one sentence."""
    versions: tuple[str, ...] = ()
    """Values of @Version that the pack is for, where the format has that attribute."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All packs, the newest of each kind first."""

    packs: tuple[Pack, ...]

    def for_kind(self, kind: Kind) -> tuple[Pack, ...]:
        """Return the packs that judge `kind`, the newest first; none when edid has no rules for it."""
        return tuple(pack for pack in self.packs if kind in pack.kinds)
