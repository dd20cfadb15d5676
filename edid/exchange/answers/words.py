"""What edid itself says in an answer, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edid.config.answers import Language, Told

_SENTENCES: Final[Mapping[Told, Mapping[Language, str]]] = {
    "taken": {"fr": "Fichier pris en charge", "en": "File taken"},
    "rejected": {"fr": "Refusé par edid : n'est pas parti", "en": "Refused by edid: has not left"},
    "held": {"fr": "En attente : n'a pas pu être contrôlé, n'est pas parti", "en": "Held: not checked, has not left"},
    "duplicate": {"fr": "Doublon : n'est pas parti une seconde fois", "en": "Duplicate: does not leave a second time"},
    "valid": {"fr": "Contrôlé et valide", "en": "Checked and valid"},
    "forced": {"fr": "Doublon envoyé sur décision d'une personne", "en": "Duplicate sent by a person's decision"},
    "packed": {"fr": "Prêt à partir", "en": "Ready to leave"},
    "sent": {"fr": "Envoyé à la plateforme", "en": "Sent to the platform"},
    "failed": {"fr": "Échec de l'envoi", "en": "Could not be sent"},
    "report": {"fr": "Compte rendu de la plateforme", "en": "Report of the platform"},
    "status": {"fr": "Statut donné par la plateforme", "en": "Status given by the platform"},
    "given": {"fr": "Statut que nous donnons", "en": "Status that we give"},
    "answered": {"fr": "Remplacé par un document plus récent", "en": "Answered by a later document"},
    "filed": {"fr": "Facture reçue et classée", "en": "Invoice received and filed"},
    "excluded": {"fr": "Facture reçue et mise de côté", "en": "Invoice received and kept back"},
    "kept": {"fr": "Flux reçu mais non compris : conservé", "en": "Received but not understood: kept"},
}
_ADVICE: Final[Mapping[Told, Mapping[Language, str]]] = {
    "rejected": {
        "fr": "Corrigez le fichier puis déposez-le à nouveau.",
        "en": "Mend the file, then drop it again.",
    },
    "held": {
        "fr": "Voyez la cause avec l'exploitant d'edid, puis déposez le fichier à nouveau.",
        "en": "Remove the cause with edid's operator, then drop the file again.",
    },
    "duplicate": {
        "fr": "Rien si c'est un double dépôt ; sinon l'exploitant d'edid peut l'envoyer quand même.",
        "en": "Nothing if it was dropped twice; else edid's operator can send it all the same.",
    },
    "failed": {
        "fr": "L'exploitant d'edid doit supprimer la cause, puis relancer l'envoi.",
        "en": "edid's operator has to remove the cause, then have it sent again.",
    },
    "kept": {
        "fr": "L'exploitant d'edid doit regarder ce flux.",
        "en": "edid's operator has to look at this flow.",
    },
}
_BITS: Final[Mapping[str, Mapping[Language, str]]] = {
    "same bytes": {
        "fr": "les mêmes octets ont déjà été pris en charge (document {original})",
        "en": "the same bytes were taken before (document {original})",
    },
    "same invoice": {
        "fr": "cette facture a déjà été prise en charge (document {original})",
        "en": "this invoice was taken before (document {original})",
    },
    "came twice": {"fr": "Facture déjà reçue : mise de côté", "en": "Invoice received before: set aside"},
    "answered": {"fr": "voir le document {by}", "en": "see document {by}"},
    "file": {"fr": "Fichier", "en": "File"},
    "document": {"fr": "Document", "en": "Document"},
    "why": {"fr": "Motif", "en": "Reason"},
    "finding": {"fr": "Anomalie", "en": "Finding"},
    "todo": {"fr": "Que faire", "en": "What to do"},
    "more": {
        "fr": "D'autres documents de ce fichier sont refusés au-delà de cette liste.",
        "en": "More documents of this file are refused than this list shows.",
    },
    ":": {"fr": " :", "en": ":"},
}


def sentence(word: Told, language: Language, *, incoming: bool = False) -> str:
    """Return what happened, in a few words; `incoming` to something that was received."""
    return bit("came twice", language) if incoming and word == "duplicate" else _SENTENCES[word][language]


def advice(word: Told, language: Language, *, incoming: bool = False) -> tuple[str, str | None]:
    """Return who acts after an event of edid's own (`us` or `nobody`) and what there is to do."""
    told = None if incoming and word == "duplicate" else _ADVICE.get(word)
    return ("nobody", None) if told is None else ("us", told[language])


def bit(name: str, language: Language, **values: object) -> str:
    """Return one of the small texts, filled in."""
    return _BITS[name][language].format(**values)
