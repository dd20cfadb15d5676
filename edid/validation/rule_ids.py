"""The ids that findings can bear: what an operator writes of rules in a sheet is compared with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from lxml import etree

from edid.validation import explanations, official
from edid.validation.files import BrokenPackError, place
from edid.validation.own.packs import OWN_PACKS
from edid.validation.packs import Catalogue
from edid.validation.pdf import checking

_WILD = frozenset("*?[")
_OF_MEMBERS = ("_", "-")
"""What stands between the id of a family and the rest of the id of a member."""


@dataclass(frozen=True, slots=True)
class RuleIds:
    """Every id that is known, and the families, which explain several rules and are no rule themselves."""

    exact: frozenset[str]
    families: frozenset[str]

    def fit(self, name: str) -> bool:
        """Tell whether `name`, an id or a pattern as a sheet has it, is about a known rule."""
        if _WILD.isdisjoint(name):
            return name in self.exact
        return any(fnmatchcase(each, name) for each in self.exact)

    def meant(self, name: str) -> str:
        """Return what was probably meant by `name`, which fits nothing; empty when nothing comes near."""
        alike = {each.upper(): each for each in (*self.families, *self.exact)}
        nearest = get_close_matches(name.upper(), alike, n=1, cutoff=0.8)
        found = alike[nearest[0]] if nearest else ""
        return _members(found, self.exact) if found in self.families else found


def rule_ids(catalogue: Catalogue) -> RuleIds | None:
    """Return the ids of the rules of `catalogue` and of edid; None when a stylesheet cannot be read.

    They are as their packs write them: a sheet that writes them otherwise, in small letters perhaps, weighs nothing.
    """
    packs = {pack.files: pack for pack in catalogue.packs if pack.stylesheet is not None}
    try:
        judged = frozenset[str]().union(*(official.ids(place(pack)) for pack in packs.values()), _own())
    except (OSError, BrokenPackError, etree.XMLSyntaxError):
        return None
    explained = frozenset(explanations.rules())
    families = frozenset(each for each in explained - judged if _members(each, judged))
    return RuleIds(judged | explained - families, families)


def _own() -> Iterator[str]:
    yield from (rule.id for pack in OWN_PACKS.values() for rule in pack.rules)
    yield from (rule.id for rule in checking.RULES)


def _members(family: str, ids: frozenset[str]) -> str:
    """Return the pattern that fits the rules of `family` among `ids`; empty when it has none."""
    return next((f"{family}{sign}*" for sign in _OF_MEMBERS if any(id_.startswith(family + sign) for id_ in ids)), "")
