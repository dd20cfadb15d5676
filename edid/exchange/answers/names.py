"""Names of the files that are dropped. What others wrote is made harmless before it stands in one."""

from __future__ import annotations

from edid.clock import iso
from edid.config.answers import MARKS, Answers
from edid.documents.names import safe_name
from edid.exchange.answers.answer import Answer
from edid.intake.names import plain_file_name

_NUMBER, _FILE, _STATE = 40, 60, 40
"""Most bytes of each part: all together with the rest of a template they stay below 255, and the event's number, which
tells one file from another, is never cut."""
_LONGEST = 240
_ROOM = 255 - max(map(len, MARKS))


def file_name(answer: Answer, settings: Answers) -> str:
    """Return the name of the file of `answer`, different for every answer of a sheet."""
    number, file = answer.facts.get("number"), answer.facts.get("file")
    moment = iso(answer.at)
    return _safe(
        settings.file_name.format(
            event_id=answer.facts["event_id"],
            number=safe_name(str(number or ""), limit=_NUMBER) if number else "",
            file=safe_name(str(file), limit=_FILE) if file else "",
            state=safe_name(answer.told_as, limit=_STATE),
            day=moment[:10],
            time=moment[11:19].replace(":", ""),
            form=settings.form,
        )
    )


def daily_name(day: str, settings: Answers) -> str:
    """Return the name of the growing file of `day` (ISO 8601)."""
    return _safe(settings.daily_name.format(day=day, form=settings.form))


def marker_name(original: str) -> str:
    """Return the name that a marker's suffix is added to: the name in the drop folder, sub-folders left out."""
    return safe_name(plain_file_name(original, _ROOM), limit=_ROOM)


def _safe(name: str) -> str:
    return safe_name(name, limit=_LONGEST)
