"""The verdict on one document, for programs that embed edid.

from edid.validation import judge

verdict = judge("invoice.xml", profile="fr-ctc")
if verdict.outcome == "valid": ...
"""

from __future__ import annotations

import atexit
import tempfile
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from edid.config.settings import Limits
from edid.validation.standard import Environment, Standard
from edid.validation.verdict import Verdict
from edid.validation.worker import JudgePool

_starting = threading.Lock()
_pools: list[JudgePool] = []


def judge(
    document: Path | str | bytes,
    *,
    profile: str = "en16931",
    packs: Sequence[str] = (),
    at: date | None = None,
    environment: Environment = "production",
) -> Verdict:
    """Return the verdict on `document`: the path of a file, or its bytes (UBL, CII, Factur-X, CDAR, CPPStatut, pivot).

    `profile`: chorus-pro, fr-ctc, fr-ctc-b2g, en16931 or xsd-only. `packs`: names of rule packs (`name` or
    `name@version`) instead of those of the profile. `at`: the day whose rules count, today unless given.
    `environment`: in qualification some rules weigh less.

    The document is read in a process of its own, with limits on memory and time, which is kept for the next call; from
    several threads the calls wait for each other. Whatever the document holds, a verdict is returned: `invalid` for
    what cannot be read, `not judged` with the reason where no rule could judge, for archives and unknown profiles too.

    Raises OSError when the file cannot be read, ConfigError when the catalogue of this installation is damaged.
    """
    standard = Standard(profile, tuple(packs), day=at, environment=environment)
    with tempfile.TemporaryDirectory(prefix="edid-judge-") as folder:
        work = Path(folder)
        if isinstance(document, bytes):
            path = work / "document"
            path.write_bytes(document)
        else:
            path = Path(document)
            path.open("rb").close()
        (judgement,) = _pool().judge([(path, work / "work")], standard=standard)
    return judgement.verdict


def _pool() -> JudgePool:
    with _starting:
        if not _pools:
            _pools.append(JudgePool(Limits()))
            atexit.register(_pools[0].close)
        return _pools[0]
