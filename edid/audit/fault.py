"""What is wrong with an audit trail: a word for programs, a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Language = Literal["fr", "en"]


class Wrong(StrEnum):
    """A kind of fault."""

    ALTERED = "altered"
    BROKEN = "broken"
    UNREADABLE = "unreadable"
    HEAD = "head"
    ROW = "row"
    STATE = "state"
    VERDICT = "verdict"
    STATUS = "status"
    ROW_MISSING = "row-missing"
    ROW_UNTOLD = "row-untold"
    BLOB_MISSING = "blob-missing"
    BLOB_ALTERED = "blob-altered"
    ANCHOR = "anchor"
    ANCHOR_UNREADABLE = "anchor-unreadable"
    ANCHOR_SIGNATURE = "anchor-signature"


_SAID: dict[Wrong, dict[Language, str]] = {
    Wrong.ALTERED: {
        "en": "event {event} was changed since it was written",
        "fr": "l'événement {event} a été modifié depuis son écriture",
    },
    Wrong.BROKEN: {
        "en": "event {event} does not follow the one before it: events were removed, added, moved or rewritten there",
        "fr": "l'événement {event} ne suit pas celui qui le précède : à cet endroit des événements ont été retirés, "
        "ajoutés, déplacés ou réécrits",
    },
    Wrong.UNREADABLE: {
        "en": "event {event} cannot be read ({detail})",
        "fr": "l'événement {event} est illisible ({detail})",
    },
    Wrong.HEAD: {
        "en": "the chain ends at event {event}, and the journal says that it ends at {detail}: "
        "events at the end were removed or added",
        "fr": "la chaîne finit à l'événement {event}, alors que le journal dit {detail} : des événements ont été "
        "retirés ou ajoutés à la fin",
    },
    Wrong.ROW: {
        "en": "the row {detail} names other bytes than event {event} (sha256 {blob})",
        "fr": "la ligne {detail} désigne d'autres octets que l'événement {event} (sha256 {blob})",
    },
    Wrong.STATE: {
        "en": "the row {detail} is not in the state in which event {event} left it",
        "fr": "la ligne {detail} n'est pas dans l'état où l'événement {event} l'a laissée",
    },
    Wrong.VERDICT: {
        "en": "the verdict of the row {detail} is not the one of event {event}",
        "fr": "le verdict de la ligne {detail} n'est pas celui de l'événement {event}",
    },
    Wrong.STATUS: {
        "en": "the row {detail} does not say what event {event} says",
        "fr": "la ligne {detail} ne dit pas ce que dit l'événement {event}",
    },
    Wrong.ROW_MISSING: {
        "en": "the row {detail}, of which event {event} speaks, is gone",
        "fr": "la ligne {detail}, dont parle l'événement {event}, a disparu",
    },
    Wrong.ROW_UNTOLD: {
        "en": "no event speaks of the row {detail}",
        "fr": "aucun événement ne parle de la ligne {detail}",
    },
    Wrong.BLOB_MISSING: {
        "en": "the store has lost the bytes {blob} ({detail})",
        "fr": "le magasin a perdu les octets {blob} ({detail})",
    },
    Wrong.BLOB_ALTERED: {
        "en": "the bytes {blob} in the store were changed ({detail})",
        "fr": "les octets {blob} du magasin ont été modifiés ({detail})",
    },
    Wrong.ANCHOR: {
        "en": "the anchor {detail} knows event {event} with another hash: the past was rewritten",
        "fr": "l'ancrage {detail} connaît l'événement {event} avec une autre empreinte : le passé a été réécrit",
    },
    Wrong.ANCHOR_UNREADABLE: {
        "en": "the anchor {detail} cannot be read",
        "fr": "l'ancrage {detail} est illisible",
    },
    Wrong.ANCHOR_SIGNATURE: {
        "en": "the signature of the anchor {detail} is missing or wrong",
        "fr": "la signature de l'ancrage {detail} manque ou est fausse",
    },
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where: an event, a blob (sha256), or both."""

    wrong: Wrong
    event: int | None = None
    blob: str | None = None
    detail: str = ""

    def said(self, language: Language) -> str:
        """Return the fault in one sentence."""
        return _SAID[self.wrong][language].format(event=self.event, blob=self.blob, detail=self.detail)
