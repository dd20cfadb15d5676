"""Judging documents: `judge(path_or_bytes, profile=...)` for other programs, `JudgePool` for many documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edid.validation.embedding import judge as judge

__all__ = ["judge"]


def __getattr__(name: str) -> object:
    # Not imported at once: judge processes come through here, and have no use for a pool of their own.
    if name == "judge":
        from edid.validation.embedding import judge

        return judge
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
