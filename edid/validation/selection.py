"""Which packs judge a document: by its kind, then its BT-24, then the day.

Sources: XP Z12-012 (schema, then profile, then French rules; the profile is told by BT-24), and its package of rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from edid.documents.kinds import Kind
from edid.validation.packs import Catalogue, Pack, Stage
from edid.validation.standard import Standard
from edid.validation.verdict import PROFILE_UNKNOWN, Finding, Severity
from edid.validation.weighing import lighter


@dataclass(frozen=True, slots=True)
class Chosen:
    """The packs of one stage. A schema may have several versions; of rules there is one pack."""

    stage: Stage
    mode: Severity
    packs: tuple[Pack, ...]
    """None when no pack can judge this stage; `because` then says why."""
    because: str | None = None
    note: Finding | None = None


def choose(catalogue: Catalogue, kind: Kind, guideline: str | None, standard: Standard) -> list[Chosen]:
    """Return the packs for a document of `kind` whose BT-24 is `guideline`, in the order of the profile.

    A stage for which the catalogue has no pack of this kind at all does not concern it, and is left out. Raises
    LookupError, with a sentence, when the profile or a pack that `standard` names does not exist.
    """
    pinned = _pinned(catalogue, standard.pins)
    if standard.packs:
        return _named(pinned, kind, standard.packs, standard.on)
    profile = catalogue.profile(standard.profile)
    if profile is None:
        known = ", ".join(each.name for each in catalogue.profiles)
        raise LookupError(f"the validation profile '{standard.profile}' is unknown; known: {known}.")
    day = standard.on
    found = (
        _of_stage(candidates, step.stage, step.mode, guideline, day)
        for step in profile.steps
        if (candidates := pinned.for_kind(kind, step.stage))
    )
    return list(found)


def _of_stage(candidates: Sequence[Pack], stage: Stage, mode: Severity, guideline: str | None, day: date) -> Chosen:
    in_force = [pack for pack in candidates if pack.in_force(day)]
    if not in_force:
        return Chosen(stage, mode, (), f"no pack of the stage '{stage}' is in force on {day}.")
    if stage is Stage.SCHEMA and any(pack.versions for pack in in_force):
        return Chosen(stage, mode, tuple(in_force))
    exact = next((pack for pack in in_force if pack.is_for(guideline)), None)
    general = next((pack for pack in in_force if not pack.guidelines), None)
    if pack := exact or general:
        return Chosen(stage, lighter(mode, pack.mode), (pack,))
    pack = next((pack for pack in in_force if pack.fallback), None)
    if pack is None:
        return Chosen(stage, mode, (), f"edid has no rules for the profile (BT-24) '{guideline}'.")
    return Chosen(stage, lighter(mode, pack.mode), (pack,), note=_unknown(guideline, pack))


def _unknown(guideline: str | None, pack: Pack) -> Finding | None:
    if guideline is None or pack.stage is Stage.SCHEMA:
        return None  # the rules themselves ask for a missing BT-24
    message = f"The profile '{guideline[:120]}' is none that edid knows; the document was judged by {pack.name}."
    return Finding(
        PROFILE_UNKNOWN, Severity.INFORMATION, message, found=guideline[:120], pack=pack.name, terms=("BT-24",)
    )


def _named(catalogue: Catalogue, kind: Kind, names: Sequence[str], day: date) -> list[Chosen]:
    """Return the packs called `names`; of several versions those in force, unless the name says which."""
    found = []
    for name in names:
        packs = catalogue.named(name)
        if not packs:
            raise LookupError(f"there is no rule pack '{name}'; 'edid rules list' shows those there are.")
        fitting = tuple(pack for pack in packs if kind in pack.kinds)
        fitting = tuple(pack for pack in fitting if pack.in_force(day)) or fitting
        if fitting:
            several = fitting[0].stage is Stage.SCHEMA and bool(fitting[0].versions)
            found.append(Chosen(fitting[0].stage, fitting[0].mode, fitting if several else fitting[:1]))
    return found


def _pinned(catalogue: Catalogue, pins: Sequence[str]) -> Catalogue:
    """Return the catalogue without the other versions of the packs that `pins` name."""
    if not pins:
        return catalogue
    for pin in pins:
        if not catalogue.named(pin):
            raise LookupError(f"there is no rule pack '{pin}'; 'edid rules list' shows those there are.")
    wanted = dict(pin.split("@", 1) for pin in pins if "@" in pin)
    kept = tuple(pack for pack in catalogue.packs if wanted.get(pack.name, pack.version) == pack.version)
    return Catalogue(kept, catalogue.profiles)
