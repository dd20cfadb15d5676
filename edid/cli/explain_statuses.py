"""The part of an explanation that only statuses and motives have: whose words they are, who acts, what they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from edid.cli.meaning import Meaning, Todo
from edid.lifecycle.action import Actor
from edid.validation.terms import Language

_DIALECTS: Mapping[str, tuple[str, str]] = {
    "cpp-statut": ("CPPStatut (Chorus Pro, EDI)", "CPPStatut (Chorus Pro, EDI)"),
    "chorus-historical": ("référentiel historique de Chorus Pro", "Chorus Pro's historical numbering"),
    "chorus-api": ("API de Chorus Pro", "Chorus Pro's API"),
    "chorus": ("Chorus Pro", "Chorus Pro"),
    "cdar": ("message AFNOR (CDAR)", "AFNOR message (CDAR)"),
    "flow-state": ("suivi des flux (portail et API)", "flow tracking (portal and API)"),
    "ppf": ("portail public de facturation (CDAR)", "public invoicing portal (CDAR)"),
}
_ACTORS: Mapping[Actor, tuple[str, str]] = {
    Actor.NOBODY: ("personne", "nobody"),
    Actor.PLATFORM: ("la plateforme", "the platform"),
    Actor.US: ("vous", "you"),
    Actor.RECIPIENT: ("le destinataire", "the recipient"),
    Actor.SUPPLIER: ("le fournisseur", "the supplier"),
}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "used": "Employé par : ",
        "contested": "contesté",
        "passed on": "Transmis aux plateformes agréées comme : ",
        "out": "Envoyé par vous",
        "in": "Reçu par vous",
        "reason": "motif {}",
        "since": "depuis le {:%d/%m/%Y}",
        "until": "jusqu'au {:%d/%m/%Y}",
        "acts": "qui agit : {}. Que faire : {}",
        "days": "délai : {} jours",
        ":": " :",
    },
    "en": {
        "used": "Used by: ",
        "contested": "contested",
        "passed on": "Passed on to approved platforms as: ",
        "out": "Sent by you",
        "in": "Received by you",
        "reason": "reason {}",
        "since": "since {:%Y-%m-%d}",
        "until": "until {:%Y-%m-%d}",
        "acts": "who acts: {}. What to do: {}",
        "days": "{} days",
        ":": ":",
    },
}


def dialect_name(dialect: str, language: Language) -> str:
    """Return what people call `dialect`."""
    names = _DIALECTS.get(dialect, (dialect, dialect))
    return names[0] if language == "fr" else names[1]


def actor_name(actor: Actor, language: Language) -> str:
    """Return what people call whoever acts."""
    return _ACTORS[actor][0 if language == "fr" else 1]


def status_lines(meaning: Meaning, language: Language) -> Iterator[str]:
    """Yield the lines about a status, flow state or motive; none for another word."""
    words = _WORDS[language]
    if meaning.uses:
        uses = [
            f"{dialect_name(use.dialect, language)} {use.code}" + (f" ({words['contested']})" if use.contested else "")
            for use in meaning.uses
        ]
        yield words["used"] + ", ".join(uses)
    if meaning.passed_on:
        yield f"{words['passed on']}{meaning.passed_on}"
    for todo in meaning.todos:
        yield _line(todo, language)


def status_data(meaning: Meaning, languages: Sequence[Language]) -> dict[str, Any]:
    """Return the same for programs; empty for another word."""
    if not meaning.uses:
        return {}
    return {
        "dialects": [use._asdict() for use in meaning.uses],
        "passed_on": meaning.passed_on,
        "actions": [
            {
                "direction": todo.direction,
                "reason": todo.reason,
                "since": _day(todo.since),
                "until": _day(todo.until),
                "actor": str(todo.action.actor),
                "answer": todo.action.answer,
                "days": todo.action.days,
                "what_fr": todo.action.what_fr if "fr" in languages else None,
                "what_en": todo.action.what_en if "en" in languages else None,
            }
            for todo in meaning.todos
        ],
    }


def _line(todo: Todo, language: Language) -> str:
    words = _WORDS[language]
    what = todo.action.what_fr if language == "fr" else todo.action.what_en
    notes = [words["reason"].format(todo.reason)] if todo.reason else []
    if todo.since is not None:
        notes.append(words["since"].format(todo.since))
    if todo.until is not None:
        notes.append(words["until"].format(todo.until - timedelta(days=1)))
    if todo.action.days is not None:
        notes.append(words["days"].format(todo.action.days))
    noted = f" ({', '.join(notes)})" if notes else ""
    return f"{words[todo.direction]}{noted}{words[':']} " + words["acts"].format(
        actor_name(todo.action.actor, language), what
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
