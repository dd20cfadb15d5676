"""Why a decision cannot be carried out, in French and in English: `edid` says it to the person who decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edid.documents.names import shown

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "not an object": (
        "une décision est un objet avec des valeurs nommées",
        "a decision is an object with named values",
    ),
    "unknown key": ("clé inconnue : {what} ; connues : {known}", "unknown: {what}; known: {known}"),
    "missing": ("« {key} » manque", "'{key}' is missing"),
    "no document": ("« document » ou « number » manque", "'document' or 'number' is missing"),
    "document": (
        "« document » est le numéro d'un document dans le journal d'edid",
        "'document' is the number of a document in edid's journal",
    ),
    "one value": ("« {key} » n'a qu'une valeur", "'{key}' is one value"),
    "too long": ("« {key} » dépasse {most} caractères", "'{key}' is longer than {most} characters"),
    "signs": (
        "« {key} » contient des signes qu'aucun texte ne peut garder",
        "'{key}' holds signs that no text can keep",
    ),
    "reasons": ("« reason » est un code ou une liste de codes", "'reason' is one code or a list of codes"),
    "payments": (
        "« payments » est une liste d'objets avec amount, currency et vat_rate",
        "'payments' is a list of objects with amount, currency and vat_rate",
    ),
    "number": ("« {key} » n'est pas un nombre : {what}", "'{key}' is no number: {what}"),
    "amount": ("« {key} » n'est pas un montant : {what}", "'{key}' is no amount: {what}"),
    "date": ("« {key} » n'est pas une date comme 2026-11-23 : {what}", "'{key}' is no date such as 2026-11-23: {what}"),
    "time": (
        "« at » n'est pas une heure comme 2026-11-23T10:00:00+01:00 : {what}",
        "'at' is no time such as 2026-11-23T10:00:00+01:00: {what}",
    ),
    "dialect": (
        "cette fiche donne ses statuts en {ours}, pas en {what}",
        "this sheet gives statuses as {ours}, not as {what}",
    ),
    "status": (
        "« {what} » n'est pas un statut qui se donne ici ; connus : {known}",
        "'{what}' is no status that can be given here; known: {known}",
    ),
    "author sent": (
        "le statut {what} n'est pas à nous de le donner pour une facture que nous avons envoyée",
        "status {what} is not ours to say of an invoice that we sent",
    ),
    "author received": (
        "le statut {what} n'est pas à nous de le donner pour une facture que nous avons reçue",
        "status {what} is not ours to say of an invoice that we received",
    ),
    "not exchanged": (
        "aucun document {what} n'a été échangé par cette fiche",
        "no document {what} of this sheet was exchanged",
    ),
    "unknown number": (
        "aucune facture échangée ne porte le numéro {what}",
        "no exchanged invoice has the number {what}",
    ),
    "several": (
        "{many} factures portent le numéro {what} : précisez le fournisseur et la date",
        "{many} invoices have the number {what}: name the supplier and date",
    ),
    "repeated": (
        "cette décision a déjà été donnée ; pour un second paiement du même montant, indiquez sa date (at)",
        "this decision was given already; for a second payment of the same amount, give its time (at)",
    ),
    "paid_on": (
        "« paid_on » ne se dit pas avec {what} : seul 211 porte la date du paiement",
        "'paid_on' cannot be told with {what}: only 211 carries the day of a payment",
    ),
    "reason": (
        "« {what} » n'est pas un motif connu : voyez edid explain, ou écrivez-le dans « comment »",
        "'{what}' is no known motive: see edid explain, or write it into 'comment'",
    ),
}


class UnfitDecisionError(ValueError):
    """A decision that cannot be carried out."""

    def __init__(self, code: str, fr: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.fr = fr
        self.en = en

    def said(self, language: str) -> str:
        """Return why, in `language` (fr or en)."""
        return self.fr if language == "fr" else self.en


def unfit(code: str, why: str, **facts: object) -> UnfitDecisionError:
    """Return the error for one of the known reasons; `facts` fill its text."""
    fr, en = _WORDS[why]
    told = {name: shown(str(value)) for name, value in facts.items()}
    return UnfitDecisionError(code, fr.format(**told), en.format(**told))
