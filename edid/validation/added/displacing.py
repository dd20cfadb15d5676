"""What an added pack would take the place of, beside the versions of its own name."""

from __future__ import annotations

from datetime import date

from edid.documents.kinds import Kind
from edid.validation.packs import Catalogue, Pack, Profile, Stage, Step
from edid.validation.selection import choose
from edid.validation.standard import Standard

_PROFILE = "one stage"
_UNKNOWN = "urn:edid:a-profile-that-no-pack-names"


def displaced(before: Catalogue, after: Catalogue, pack: Pack, day: date) -> dict[str, tuple[Kind, ...]]:
    """Return the names of packs that judge a document by `before` and not by `after`, each with the kinds concerned.

    A stage is judged by one pack. Tried: every kind that `pack` is for with every BT-24 of its stage, on `day`. A pack
    that judged a BT-24 only because none names it does not count where `pack` does.
    """
    known = {each for one in after.packs if one.stage is pack.stage for each in one.guidelines}
    guidelines = [None, _UNKNOWN, *sorted(each.replace("*", "edid") for each in known)]
    found: dict[str, list[Kind]] = {}
    for kind in pack.kinds:
        for guideline in guidelines:
            now, then = (_judging(packs, pack.stage, kind, guideline, day) for packs in (before, after))
            for gone in now - then:
                if gone.name != pack.name and not _only_for_want(gone, pack, guideline):
                    found.setdefault(gone.name, []).append(kind)
    return {name: tuple(dict.fromkeys(kinds)) for name, kinds in sorted(found.items())}


def _judging(catalogue: Catalogue, stage: Stage, kind: Kind, guideline: str | None, day: date) -> set[Pack]:
    alone = Catalogue(catalogue.packs, (Profile(_PROFILE, (Step(stage),)),))
    chosen = choose(alone, kind, guideline, Standard(_PROFILE, day=day))
    return {pack for each in chosen for pack in each.packs}


def _only_for_want(gone: Pack, pack: Pack, guideline: str | None) -> bool:
    return pack.is_for(guideline) and bool(gone.guidelines) and not gone.is_for(guideline)
