"""What sheets say of rule packs and rules that are not there, told before documents are held for it.

The configuration alone does not know which packs an installation has, nor which were added.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from edid.config.key import Loc
from edid.config.loader import Configuration
from edid.config.problems import InvalidConfigError, Problem
from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.config.yaml_file import dotted, read
from edid.exchange.house import RULES
from edid.validation.added import AddedRules
from edid.validation.packs import Catalogue, Stage

_SUFFIXES = (".yaml", ".yml")
_PACK = "pack:"
_ALLOWED_RULE = "the id of a rule as verdicts write it, * for any characters; or pack:NAME"


class _Place(NamedTuple):
    """A key of a sheet."""

    file: Path
    path: Loc


def pack_errors(configuration: Configuration, catalogue: Catalogue) -> Iterator[Problem]:
    """Yield the pins of sheets that name no pack of `catalogue`: every document of such a sheet is held."""
    names = sorted({pack.name for pack in catalogue.packs})
    for name, sheet in configuration.sheets.items():
        for number, pin in enumerate(sheet.validation.pins):
            if catalogue.named(pin):
                continue
            wanted = pin.partition("@")[0]
            versions = [f"{pack.name}@{pack.version}" for pack in catalogue.named(wanted)]
            yield _problem(
                _place(configuration, name, "pins", number),
                "there is no such rule pack, so that nothing of this sheet can be judged; edid rules add brings it",
                allowed=", ".join(versions or names),
                suggestion=_near(pin, [f"{pack.name}@{pack.version}" for pack in catalogue.packs]),
            )


def pack_warnings(configuration: Configuration, catalogue: Catalogue) -> Iterator[Problem]:
    """Yield the names of packs in `severities`, `interfaces` and `tolerated` that `catalogue` has not."""
    names = sorted({pack.name for pack in catalogue.packs})
    known = {*names, *Stage}  # a stage without a pack stands in verdicts under its own name
    for name, sheet in configuration.sheets.items():
        wanted = [(path, key.removeprefix(_PACK)) for path, key in _weighed(sheet) if key.startswith(_PACK)]
        wanted += [(("tolerated", number), pack) for number, pack in enumerate(sheet.validation.tolerated)]
        for path, pack in wanted:
            if pack not in known:
                yield _problem(
                    _place(configuration, name, *path),
                    f"there is no rule pack '{pack}': this changes nothing",
                    allowed=", ".join(names),
                    suggestion=_near(pack, names),
                )


def rule_warnings(configuration: Configuration, catalogue: Catalogue) -> Iterator[Problem]:
    """Yield the ids and patterns in `severities` and `interfaces` that no rule has.

    The stylesheets are read for it, some tenths of a second, when a sheet weighs a rule at all. Nothing is yielded when
    one of them cannot be read: what rules there are is not known then.
    """
    from edid.validation.rule_ids import rule_ids  # the daemon has no use for it, nor for what it loads

    weighed = [
        (name, path, key)
        for name, sheet in configuration.sheets.items()
        for path, key in _weighed(sheet)
        if not key.startswith(_PACK)
    ]
    ids = rule_ids(catalogue) if weighed else None
    if ids is None:
        return
    for name, path, rule in weighed:
        if not ids.fit(rule):
            yield _problem(
                _place(configuration, name, *path),
                f"there is no rule '{rule}': this changes nothing",
                allowed=_ALLOWED_RULE,
                suggestion=ids.meant(rule),
            )


def catalogue_of(configuration: Configuration) -> Catalogue:
    """Return the packs by which the documents of `configuration` are judged, added ones included.

    Raises ConfigError when those in the state folder cannot be read.
    """
    return AddedRules(configuration.settings.state / RULES).catalogue()


def _weighed(sheet: SenderSheet | ReceiverSheet) -> Iterator[tuple[Loc, str]]:
    """Yield where `sheet` weighs something, below `validation`, and what."""
    rules = sheet.validation
    yield from ((("severities", key), key) for key in rules.severities)
    for code, severities in rules.interfaces.items():
        yield from ((("interfaces", code, key), key) for key in severities)


def _near(word: str, known: list[str]) -> str:
    nearest = get_close_matches(word, known, n=1, cutoff=0.8)
    return nearest[0] if nearest else ""


def _place(configuration: Configuration, sheet: str, *path: str | int) -> _Place:
    folder = configuration.settings.sheets
    files = [folder / f"{sheet}{suffix}" for suffix in _SUFFIXES]
    return _Place(next((file for file in files if file.is_file()), files[0]), ("validation", *path))


def _problem(place: _Place, message: str, *, allowed: str, suggestion: str) -> Problem:
    try:
        file = read(place.file)
    except InvalidConfigError:  # changed since it was loaded
        return Problem(place.file, None, None, dotted(place.path), None, message, allowed, suggestion)
    at_key = isinstance(place.path[-1], str)
    return file.problem(place.path, message, at_key=at_key, show=not at_key, allowed=allowed, suggestion=suggestion)
