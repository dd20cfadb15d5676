"""A disk that is nearly full: edid takes in and fetches nothing new until there is room again."""

from __future__ import annotations

from edid.exchange.alerts.cause import AlertKind, Cause, Causes
from edid.exchange.alerts.look import Look
from edid.exchange.room import Shortage


def short_of_room(look: Look) -> Causes:
    """Return each disk on which the sheet waits for room: told at once, for nothing enters meanwhile."""
    return [_short(one) for one in look.shortages]


def _short(shortage: Shortage) -> Cause:
    folder = shortage.folder
    if shortage.unit == "bytes":
        fr = f"il reste {_size_fr(shortage.free)} sur le disque de {folder}, il en faut {_size_fr(shortage.wanted)}"
        en = f"{_size_en(shortage.free)} are left on the disk of {folder}, {_size_en(shortage.wanted)} are needed"
    else:
        fr = (
            f"le disque de {folder} n'a plus de place que pour {shortage.free} fichiers (inodes), il en faut "
            f"{shortage.wanted}"
        )
        en = f"the disk of {folder} has room for {shortage.free} more files (inodes), {shortage.wanted} are needed"
    return Cause(
        AlertKind.SPACE,
        str(folder),
        f"{fr}. Les nouveaux fichiers restent dans le dossier de dépôt et chez le partenaire ; ce qui est déjà pris "
        "continue. Faites de la place, ou agrandissez le disque : edid reprend de lui-même.",
        f"{en}. New files stay in the drop folder and at the partner; what was taken before goes on. Make room, or "
        "enlarge the disk: edid goes on by itself.",
        urgent=True,
    )


def _size_fr(size: int) -> str:
    number, unit = _in_unit(size)
    return f"{number.replace('.', ',')} {unit}o"


def _size_en(size: int) -> str:
    number, unit = _in_unit(size)
    return f"{number} {unit}B"


def _in_unit(size: int) -> tuple[str, str]:
    """Return `size` in MB or, from 1 GB on, in GB with two decimals: number and prefix."""
    return (f"{size / 1000**3:.2f}", "G") if size >= 1000**3 else (f"{size / 1000**2:.1f}", "M")
