"""New rules are tried on documents known to be good before any other document meets them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edid.config.settings import Limits
from edid.validation.judging import Judgement
from edid.validation.packs import Catalogue, Pack
from edid.validation.standard import Standard
from edid.validation.worker import JudgePool


def tried(pack: Pack, documents: Sequence[Path], work: Path, limits: Limits) -> list[Judgement]:
    """Return what `pack` alone says of each of `documents`, in a judge process, whatever its dates are.

    `work`: an empty folder. A pack without files that can be trusted, that does not compile, or none of whose rules is
    about anything in the document, does not judge: the judgement says so.
    """
    jobs = []
    for number, document in enumerate(documents):
        folder = work / str(number)
        folder.mkdir(parents=True)
        jobs.append((document, folder))
    standard = Standard(packs=(f"{pack.name}@{pack.version}",))
    with JudgePool(limits, packs=lambda: Catalogue((pack,))) as judges:
        return judges.judge(jobs, standard=standard)
