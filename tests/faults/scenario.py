"""One scenario: what is dropped and offered, and how each thing must end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Scenario:
    """What is dropped by the ERP and offered by the partner, and how each must end."""

    name: str
    sheet: dict[str, Any]
    dropped: dict[str, bytes] = field(default_factory=dict)
    """All on the sheet `ventes`."""
    decided: dict[str, bytes] = field(default_factory=dict)
    """Dropped in decide/."""
    offered: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    """How many documents end in which state."""
    flows: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    delivered: tuple[bytes, ...] = ()
    """What the partner holds in the end, members of an archive one by one."""
    messages: int = 0
    """How many more the partner holds, of which edid writes the bytes."""
    kept: tuple[bytes, ...] = ()
    """What stands in rejected/."""
    filed: tuple[bytes, ...] = ()
    """What stands in in/, without edid's own notes."""
    answers: dict[str, int] = field(default_factory=dict)
    """How often which state is told in the status folder."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Of edid.yaml."""
    anchored: bool = False
    """True: the end of the chain is noted below the company's folder."""
    beside: dict[str, Any] | None = None
    """Another sheet, `achats`, whose partner is not there."""
    migrates: bool = False
    """True: the journal does not exist yet, so its making is part of the run."""
    after: Scenario | None = None
    """What happened before: a whole run, unharmed, of this one."""
