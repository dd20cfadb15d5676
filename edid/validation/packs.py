"""Rule packs: what judges which kind of document, and when. Plain data, so that judge processes need no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

from edid.documents.kinds import Kind
from edid.validation.verdict import Severity


class Stage(StrEnum):
    """What a pack contributes to a verdict; a profile is a list of stages."""

    SCHEMA = "schema"
    PDF = "pdf"
    CORE = "core"
    FRANCE = "france"
    LIFECYCLE = "lifecycle"
    CHORUS_PRO = "chorus-pro"
    B2G = "b2g"


@dataclass(frozen=True, slots=True)
class Files:
    """Where a schema or a stylesheet is, and what it must hash to: a file, or a path inside an installed package."""

    sha256: str
    """Of the main file."""
    files_sha256: str
    """Digest over the main file and everything that it takes in; see `edid.validation.files.digest`."""
    package: str | None = None
    path: str | None = None
    file: Path | None = None
    companions: tuple[str, ...] = ()
    """Names of the files beside a stylesheet that it reads with document()."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """A severity that replaces the one a rule came with."""

    rules: str
    """A rule id, or a pattern with `*`."""
    severity: Severity | None
    """None: the finding is left out."""
    unflagged_only: bool = False
    """Only for findings to which the stylesheet gives no severity of its own."""

    def applies(self, rule: str) -> bool:
        """Tell whether it is about the rule `rule`."""
        return fnmatchcase(rule, self.rules)


@dataclass(frozen=True, slots=True)
class Pack:
    """The schema of one format, or one set of rules: exactly one of `xsd`, `stylesheet` and `own` is given."""

    name: str
    stage: Stage
    kinds: tuple[Kind, ...]
    version: str
    source: str
    """Whose rules these are and where the file comes from, in one sentence."""
    xsd: Files | None = None
    stylesheet: Files | None = None
    own: str | None = None
    """Name of a pack written in Python, see `edid.validation.own.packs`."""
    versions: tuple[str, ...] = ()
    """Values of @Version that a schema is for, where the format has that attribute."""
    guidelines: tuple[str, ...] = ()
    """Values of BT-24 that the pack is for, `*` allowed; none: any."""
    fallback: bool = False
    """Judges documents whose BT-24 no pack of its stage names, which the verdict then says."""
    since: date | None = None
    until: date | None = None
    """First and last day on which the pack is in force; None: no bound."""
    mode: Severity = Severity.FATAL
    """The most that a finding may weigh."""
    weighings: tuple[Weighing, ...] = ()
    """The first that applies counts."""

    @property
    def files(self) -> Files | None:
        """Where its files are; None for a pack of edid's own."""
        return self.xsd or self.stylesheet

    def in_force(self, day: date) -> bool:
        """Tell whether the pack is in force on `day`."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def is_for(self, guideline: str | None) -> bool:
        """Tell whether the pack names the BT-24 `guideline`."""
        return guideline is not None and any(fnmatchcase(guideline, each) for each in self.guidelines)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a profile."""

    stage: Stage
    mode: Severity = Severity.FATAL
    """The most that a finding of this stage may weigh in the profile."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Which stages a document must pass."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All packs, those to be preferred first, and the profiles."""

    packs: tuple[Pack, ...]
    profiles: tuple[Profile, ...] = ()

    def for_kind(self, kind: Kind, stage: Stage | None = None) -> tuple[Pack, ...]:
        """Return the packs (of `stage`, or all) that judge `kind`; none when edid has no rules for it."""
        return tuple(pack for pack in self.packs if kind in pack.kinds and stage in {None, pack.stage})

    def profile(self, name: str) -> Profile | None:
        """Return the profile called `name`, or None."""
        return next((profile for profile in self.profiles if profile.name == name), None)

    def named(self, name: str) -> tuple[Pack, ...]:
        """Return the packs called `name`, or `name@version`."""
        wanted, _, version = name.partition("@")
        return tuple(pack for pack in self.packs if pack.name == wanted and version in {"", pack.version})
