"""The trail of a route in lines for people, in French or in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from edid.routing.trail import Check, Trace

Language = Literal["fr", "en"]
_LABELS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "recipients": "destinataire",
        "service_codes": "code service",
        "service_prefixes": "début du code service",
        "gln": "code service en forme de GLN",
        "suppliers": "fournisseur",
        "frames": "cadre de facturation",
        "document_types": "type de document",
        "kinds": "format",
        "amount": "montant",
        "engagement": "numéro d'engagement",
        "engagement_prefixes": "début du numéro d'engagement",
        "awaiting": "validation attendue",
        "validator": "valideur",
        "codes of all agencies": "agence du code service",
    },
    "en": {
        "recipients": "recipient",
        "service_codes": "service code",
        "service_prefixes": "beginning of the service code",
        "gln": "service code shaped like a GLN",
        "suppliers": "supplier",
        "frames": "frame",
        "document_types": "type of document",
        "kinds": "format",
        "amount": "amount",
        "engagement": "engagement number",
        "engagement_prefixes": "beginning of the engagement number",
        "awaiting": "awaited validation",
        "validator": "validator",
        "codes of all agencies": "agency of the service code",
    },
}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "nothing": "rien",
        "agency": "agence média « {} »",
        "agencies": "agences média ({})",
        "rule": "règle « {} »",
        "agency fits": "retient la facture",
        "agency fails": "retient la facture, dans le doute",
        "agencies fail": "la facture n'est celle d'aucune",
        "rule fits": "convient",
        "rule fails": "ne convient pas",
        "line": "- {what} : {verdict}",
        "condition": "    {mark} {label} : lu {found}, attendu {wanted}",
        "warning": "{what} : {label} {found}, proche de {wanted} sans l'égaler",
    },
    "en": {
        "nothing": "nothing",
        "agency": "media agency '{}'",
        "agencies": "media agencies ({})",
        "rule": "rule '{}'",
        "agency fits": "keeps the invoice back",
        "agency fails": "keeps the invoice back, being in doubt",
        "agencies fail": "the invoice is none of theirs",
        "rule fits": "fits",
        "rule fails": "does not fit",
        "line": "- {what}: {verdict}",
        "condition": "    {mark} {label}: found {found}, wanted {wanted}",
        "warning": "{what}: {label} {found} is near {wanted}, but not the same",
    },
}


def lines(trail: Iterable[Trace], language: Language) -> list[str]:
    """Return a line for each agency or rule that was looked at, and one for each of its conditions.

    `=` marks a condition that holds, `x` one that does not, `~` one that nearly does.
    """
    words = _WORDS[language]
    told = []
    for trace in trail:
        verdict = words[f"{trace.of} {'fits' if trace.fits else 'fail' if trace.of == 'agencies' else 'fails'}"]
        told.append(words["line"].format(what=_what(trace, language), verdict=verdict))
        told += [_condition(check, language) for check in trace.checks]
    return told


def warnings(trail: Iterable[Trace], language: Language) -> list[str]:
    """Return a sentence for each condition that nearly held."""
    return [
        _WORDS[language]["warning"].format(
            what=_what(trace, language),
            label=_LABELS[language][check.condition],
            found=_found(check, language),
            wanted=check.wanted,
        )
        for trace in trail
        for check in trace.checks
        if check.near
    ]


def found_in(checks: Iterable[Check], language: Language) -> str:
    """Return what the invoice says where the conditions look: `cadre de facturation A9, montant 12.50 EUR`."""
    return ", ".join(f"{_LABELS[language][check.condition]} {_found(check, language)}" for check in checks)


def _condition(check: Check, language: Language) -> str:
    return _WORDS[language]["condition"].format(
        mark="=" if check.fits else "~" if check.near else "x",
        label=_LABELS[language][check.condition],
        found=_found(check, language),
        wanted=check.wanted,
    )


def _what(trace: Trace, language: Language) -> str:
    return _WORDS[language][trace.of].format(trace.name)


def _found(check: Check, language: Language) -> str:
    return check.found or _WORDS[language]["nothing"]
