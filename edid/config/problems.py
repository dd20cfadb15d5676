"""What is wrong in the configuration, and where: one problem a mistake, all of them in one error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edid.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. Its text is `file:line:column key: message`, then what was found and what is allowed."""

    file: Path
    line: int | None
    """From 1; None when the file could not be read at all."""
    column: int | None
    key: str
    """Path of the key, such as `transport.host_keys[0]`; empty for the file as a whole."""
    found: str | None
    """What stands there, as written. None when nothing does, or when it could be a secret."""
    message: str
    allowed: str = ""
    """What may stand there, in words."""
    suggestion: str = ""
    """What was probably meant."""

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        sentences = [f"{self.message}." if self.message[-1] not in ".?!" else self.message]
        if self.found is not None:
            sentences.append(f"Found: {self.found}.")
        if self.allowed:
            sentences.append(f"Allowed: {self.allowed}.")
        if self.suggestion:
            sentences.append(f"Did you mean '{self.suggestion}'?")
        return f"{where}{f' {self.key}' if self.key else ''}: {' '.join(sentences)}"


class InvalidConfigError(ConfigError):
    """The configuration has mistakes; `problems` holds every one of them, file by file, top down."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = in_reading_order(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(
            f"The configuration has {count}:\n" + "\n".join(f"  {problem}" for problem in self.problems),
            remedy="Mend what is listed, then run: edid config check",
        )

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}"


def in_reading_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the problems once each, by file (in the order given), then by place."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda problem: (files.index(problem.file), problem.line or 0, problem.column or 0),
        )
    )
