"""Why an invoice goes where it goes: one sentence, in French and in English."""

from __future__ import annotations

from collections.abc import Mapping

from edid.config.routing import Rule
from edid.routing.agencies import Ground, Withheld
from edid.routing.conditions import Subject
from edid.routing.trail import Trace, told
from edid.routing.trail_text import found_in

_FR: Mapping[Ground, str] = {
    "code": "facture de l'agence média « {agency} » (code service {code}) : elle ne doit pas entrer dans l'ERP de "
    "l'annonceur",
    "near code": "le code service {code} ressemble à celui de l'agence média « {agency} » sans être écrit de la même "
    "façon : facture retenue, à vérifier",
    "unclear recipient of code": "code service {code} de l'agence média « {agency} », mais le SIRET du destinataire ne "
    "peut pas être établi (lu : {recipient}) : facture retenue, à vérifier",
    "whole recipient": "le destinataire {recipient} est réservé aux factures de régie publicitaire (« {agency} », code "
    "service {code}) : elles ne doivent pas entrer dans l'ERP de l'annonceur",
    "unclear recipient": "le SIRET du destinataire ne peut pas être établi (lu : {recipient}), et un SIRET de "
    "« {agency} » est réservé aux factures de régie publicitaire : facture retenue, à vérifier",
}
_EN: Mapping[Ground, str] = {
    "code": "invoice of the media agency '{agency}' (service code {code}): it must not enter the advertiser's ERP",
    "near code": "the service code {code} is nearly one of the media agency '{agency}', but written in another way: "
    "the invoice is kept back, to be checked",
    "unclear recipient of code": "service code {code} of the media agency '{agency}', but the SIRET of the recipient "
    "cannot be told (found: {recipient}): the invoice is kept back, to be checked",
    "whole recipient": "the recipient {recipient} is for sales-house invoices only ('{agency}', service code {code}): "
    "they must not enter the advertiser's ERP",
    "unclear recipient": "the SIRET of the recipient cannot be told (found: {recipient}), and a SIRET of '{agency}' is "
    "for sales-house invoices only: the invoice is kept back, to be checked",
}


def of_agency(kept: Withheld, subject: Subject) -> tuple[str, str]:
    """Return why an agency keeps the invoice back, in French and in English."""
    name, code, recipient = kept.agency.name, told(subject.service_code or None), told(subject.facts.buyer_id)
    return (
        _FR[kept.ground].format(agency=name, code=code or "absent", recipient=recipient or "rien"),
        _EN[kept.ground].format(agency=name, code=code or "missing", recipient=recipient or "nothing"),
    )


def of_rule(rule: Rule, trace: Trace) -> tuple[str, str]:
    """Return why a rule takes the invoice, in French and in English."""
    reason_fr = f" exclut cette facture : {rule.exclude}" if rule.exclude else ""
    reason_en = f" keeps this invoice back: {rule.exclude}" if rule.exclude else ""
    fr, en = found_in(trace.checks, "fr"), found_in(trace.checks, "en")
    return (
        f"règle « {rule.name} »{reason_fr} ({fr or 'elle prend toutes les factures'})",
        f"rule '{rule.name}'{reason_en} ({en or 'it takes every invoice'})",
    )


def default(*, has_rules: bool) -> tuple[str, str]:
    """Return why the invoice goes to the usual folder, in French and in English."""
    if has_rules:
        return "aucune règle ne convient : dossier habituel", "no rule fits: the usual folder"
    return "la fiche n'a pas de règle : dossier habituel", "the sheet has no rule: the usual folder"
