"""The commonest rule: a text may have so many characters and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from edid.documents.particulars.model import Datum, Particulars
from edid.validation.own.rule import Breach, Circumstances
from edid.validation.own.showing import short

Select = Callable[[Particulars], Iterable[Datum | None]]


def longer_than(limit: int, what: str, select: Select) -> Callable[[Particulars, Circumstances], Iterator[Breach]]:
    """Return a check: each datum that `select` gives has at most `limit` characters (Unicode code points).

    `what` begins the sentence: `the service code`.
    """

    def check(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
        for datum in select(particulars):
            if datum is not None and len(datum.value) > limit:
                length = len(datum.value)
                message = f"{what} has {length:,} characters, {limit:,} are allowed: '{short(datum.value)}'."
                yield Breach(
                    message, datum, f"{short(datum.value)} ({length:,} characters)", f"<= {limit:,} characters"
                )

    return check
