"""The partner's out folder: it cannot be read, or files stay there that nobody fetches before they are purged.

Source: an offered file is purged after 7 days (AIFE, Dossier general v3.2, 3.3.2.1).
"""

from __future__ import annotations

from datetime import datetime

from edid.exchange.alerts.cause import MORE, AlertKind, Cause, Causes, named, only_standing
from edid.exchange.alerts.look import Look
from edid.exchange.alerts.polls import Polls
from edid.exchange.alerts.words import moment_en, moment_fr, quoted, sentence


def unreadable(look: Look) -> Causes:
    """Return whether every attempt to read the folder has failed for too long.

    Counted from one attempt to another: a daemon that was down, or a night without polls, proves nothing.
    """
    delay, polls = look.sheet.alerts.unreadable, look.polls
    if delay is None or polls.failing_since is None or polls.tried_at is None:
        return []
    causes = [_unreadable(polls, polls.failing_since)]
    if polls.tried_at - max(polls.failing_since, look.present_since) <= delay:
        return only_standing(causes, look.told(AlertKind.UNREADABLE))
    return causes


def unfetched(look: Look) -> Causes:
    """Return the files that were still offered at the newest listing, long after they were first seen."""
    delay, polls = look.sheet.alerts.unfetched, look.polls
    if delay is None or polls.listed_at is None:
        return []
    late = sorted((first, name) for name, first in polls.unfetched.items() if polls.listed_at - first > delay)
    return named([_file(name, first) for first, name in late], look.told(AlertKind.UNFETCHED), _MORE_FILES)


def _unreadable(polls: Polls, since: datetime) -> Cause:
    last_fr = f" Dernière lecture réussie : le {moment_fr(polls.listed_at)}." if polls.listed_at else ""
    last_en = f" It was last read on {moment_en(polls.listed_at)}." if polls.listed_at else ""
    error = sentence(quoted(polls.error))
    return Cause(
        AlertKind.UNREADABLE,
        "out folder",
        f"le dossier de retour du partenaire est illisible depuis le {moment_fr(since)}.{last_fr} Comptes rendus et "
        f"factures n'arrivent plus. Erreur : {error}",
        f"the partner's out folder has not been readable since {moment_en(since)}.{last_en} Neither reports nor "
        f"invoices arrive. Error: {error}",
    )


def _file(name: str, first: datetime) -> Cause:
    return Cause(
        AlertKind.UNFETCHED,
        name,
        f"le fichier {name} attend chez le partenaire depuis le {moment_fr(first)} au moins et n'a pas pu être "
        "récupéré. La plateforme peut l'effacer (au bout de 7 jours chez Chorus Pro). Le journal technique d'edid dit "
        "pourquoi (flow.fetch_failed).",
        f"the file {name} has been waiting at the partner since {moment_en(first)} at least and could not be fetched. "
        "The platform may purge it (after 7 days at Chorus Pro). The log says why (flow.fetch_failed).",
        urgent=True,
    )


_MORE_FILES = Cause(
    AlertKind.UNFETCHED,
    MORE,
    "d'autres fichiers attendent chez le partenaire et n'ont pas pu être récupérés ; seuls les plus anciens sont "
    "nommés.",
    "other files wait at the partner and could not be fetched; only the oldest are named.",
    urgent=True,
)
