"""By what `edid validate` judges: its options, or a sheet of the configuration."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from edid.cli.context import State, sheet_named
from edid.config.loader import Configuration
from edid.config.settings import Limits
from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.errors import RefusedInputError
from edid.exchange.standards import profile_of, weighed_for
from edid.flows.choice import choose
from edid.validation.added import AddedRules
from edid.validation.judging import Judgement
from edid.validation.packs import Catalogue
from edid.validation.standard import Environment, Standard
from edid.validation.terms import Language
from edid.validation.verdict import Verdict

_PROFILE = "en16931"


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The standard, the packs and the limits, and the sheet whose weighings count."""

    standard: Standard
    catalogue: Callable[[], Catalogue]
    limits: Limits
    language: Language
    sheet: SenderSheet | ReceiverSheet | None = None

    def weighed(self, judgement: Judgement) -> Verdict:
        """Return the verdict as the sheet weighs it."""
        if self.sheet is None:
            return judgement.verdict
        return weighed_for(self.sheet, judgement.verdict, self._interface(judgement))

    def _interface(self, judgement: Judgement) -> str | None:
        if judgement.reading is None or not isinstance(self.sheet, SenderSheet):
            return None
        try:
            return choose(judgement.reading, self.sheet).code
        except RefusedInputError:
            return None


def yardstick(
    state: State,
    sheet: str | None,
    profile: str | None,
    packs: str | None,
    day: date | None,
    environment: Environment | None,
    language: Language | None,
) -> Yardstick:
    """Return what the options ask for; what they leave open is as the sheet says.

    Raises ConfigError when `sheet` is named and is not there, or its configuration cannot be used.
    """
    configuration = _configuration(state, wanted=sheet is not None)
    named = sheet_named(configuration, sheet) if configuration and sheet else None
    standard = Standard(
        profile=profile or (profile_of(named) if named else _PROFILE),
        packs=tuple(name.strip() for name in (packs or "").split(",") if name.strip()),
        pins=named.validation.pins if named else (),
        day=day,
        environment=environment or (named.environment if named else "production"),
    )
    settings = configuration.settings if configuration else None
    return Yardstick(
        standard,
        AddedRules(settings.state / "rules" if settings else None).catalogue,
        settings.limits if settings else Limits(),
        language or (settings.language if settings else "fr"),
        named,
    )


def _configuration(state: State, *, wanted: bool) -> Configuration | None:
    """Return the configuration where there is one that this user may read: it may have added rule packs."""
    if wanted or os.access(state.config_file, os.R_OK):
        return state.configuration()
    return None
