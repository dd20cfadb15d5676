"""The certificate or the connection of a sheet ends: told once when it comes near, again when it is close, and after.

Source: an expired certificate stops all exchanges; the form of the connection bears the day of its deactivation (AIFE,
Dossier de specifications externes Chorus Pro v1.0, 5.3).
"""

from __future__ import annotations

from datetime import UTC, date, timedelta

from edid.config.certificate import certificate_end
from edid.errors import ConfigError
from edid.exchange.alerts.cause import AlertKind, Cause, Causes
from edid.exchange.alerts.look import Look
from edid.exchange.alerts.words import day_fr

CLOSE = timedelta(days=7)
_CERTIFICATE, _CONNECTION = "certificate", "connection"
_FR = {_CERTIFICATE: "le certificat déclaré à la plateforme", _CONNECTION: "la connexion à la plateforme"}
_EN = {_CERTIFICATE: "the certificate declared to the platform", _CONNECTION: "the connection to the platform"}
_REMEDY_FR = {
    _CERTIFICATE: "Faites-le renouveler et déclarez le nouveau à la plateforme, puis mettez à jour la fiche.",
    _CONNECTION: "Faites-la prolonger par la plateforme, puis mettez à jour ends_on dans la fiche.",
}
_REMEDY_EN = {
    _CERTIFICATE: "Have it renewed and declare the new one to the platform, then update the sheet.",
    _CONNECTION: "Have the platform extend it, then update ends_on in the sheet.",
}


def ending(look: Look) -> Causes:
    """Return what ends soon or has ended; a certificate file that cannot be read counts too: nobody watches it then."""
    delay = look.sheet.alerts.expiry
    if delay is None:
        return []
    today = look.at.astimezone(UTC).date()
    causes = []
    try:
        last_day = certificate_end(look.sheet.certificate)
    except ConfigError as error:
        causes.append(_unwatched(error))
    else:
        causes += _stage(_CERTIFICATE, last_day, today, delay)
    if look.sheet.ends_on is not None:
        causes += _stage(_CONNECTION, look.sheet.ends_on - timedelta(days=1), today, delay)
    return causes


def _stage(what: str, last_day: date | None, today: date, delay: timedelta) -> list[Cause]:
    """Return the alarm about something that is good until the end of `last_day`, if it is time."""
    if last_day is None or last_day - today > delay:
        return []
    end = last_day if what == _CERTIFICATE else last_day + timedelta(days=1)
    ended = last_day < today
    stage = "ended" if ended else "close" if last_day - today <= CLOSE else "soon"
    fr = f"{_FR[what]} {'a expiré' if ended else 'expire'} le {day_fr(end)}"
    en = f"{_EN[what]} {'ended' if ended else 'ends'} on {end}"
    if ended:
        fr, en = f"{fr} : la plateforme arrête les échanges", f"{en}: the platform stops exchanges"
    return [
        Cause(
            AlertKind.EXPIRY,
            f"{what} {end} {stage}",
            f"{fr}. {_REMEDY_FR[what]}",
            f"{en}. {_REMEDY_EN[what]}",
            urgent=stage != "soon",
            family=f"{what} {end} ",
        )
    ]


def _unwatched(error: ConfigError) -> Cause:
    return Cause(
        AlertKind.EXPIRY,
        f"{_CERTIFICATE} unreadable",
        f"la date de fin du certificat est inconnue, son fichier ne peut pas être lu : {error}",
        f"nobody knows when the certificate ends, its file cannot be read: {error}",
    )
