"""Which waiting documents leave together, and when. Pure functions: time and documents are passed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from edid.config.settings import Limits
from edid.config.sheet import Batch
from edid.flows.package import member_bytes, packed_bound


@dataclass(frozen=True, slots=True)
class Waiting:
    """A valid document that waits for a flow."""

    id: int
    interface_code: str
    size: int
    """Bytes."""
    ready_since: datetime


def batches(waiting: Sequence[Waiting], batch: Batch, limits: Limits, now: datetime) -> list[list[Waiting]]:
    """Return the documents that leave now, one list per flow, in the order of `waiting`.

    A flow holds documents of one interface; at most `batch.max_documents` and `limits.flow_documents` of
    them; at most `batch.max_bytes` of documents; and its package fits `limits.flow_size`. A document that
    exceeds a size by itself is a flow of its own, for the flow checks to judge. Full flows leave at once,
    partial ones when their oldest document has waited `batch.wait`; the others are left out and keep their
    place.
    """
    return [group.documents for group in _groups(waiting, batch, limits) if group.leaves(now)]


def next_due(waiting: Sequence[Waiting], batch: Batch, limits: Limits) -> datetime | None:
    """Return the first moment at which `batches` has something to release, or None when nothing waits.

    In the past when documents should leave already.
    """
    return min((group.due() for group in _groups(waiting, batch, limits)), default=None)


@dataclass(slots=True)
class _Group:
    """Documents of one flow to be, with running totals."""

    batch: Batch
    limits: Limits
    oldest: datetime
    documents: list[Waiting] = field(default_factory=list)
    size: int = 0
    content: int = 0
    closed: bool = False

    def add(self, document: Waiting) -> None:
        self.documents.append(document)
        self.size += document.size
        self.content += member_bytes(document.size)
        self.oldest = min(self.oldest, document.ready_since)

    def has_room(self, size: int) -> bool:
        """Tell whether a further document of `size` bytes fits."""
        return (
            len(self.documents) < min(self.batch.max_documents, self.limits.flow_documents)
            and self.size + size <= self.batch.max_bytes
            and packed_bound(self.content + member_bytes(size)) <= self.limits.flow_size
        )

    @property
    def full(self) -> bool:
        return self.closed or not self.has_room(1)

    def due(self) -> datetime:
        """Return the moment from which it leaves: at once when full, else after the oldest has waited."""
        return self.oldest if self.full else self.oldest + self.batch.wait

    def leaves(self, now: datetime) -> bool:
        return self.full or self.due() <= now


def _groups(waiting: Sequence[Waiting], batch: Batch, limits: Limits) -> list[_Group]:
    """Cut the queue of each interface in order; a group is closed when the next document does not fit."""
    groups: list[_Group] = []
    open_groups: dict[str, _Group] = {}
    for document in waiting:
        group = open_groups.get(document.interface_code)
        if group is None or not group.has_room(document.size):
            if group is not None:
                group.closed = True
            group = open_groups[document.interface_code] = _Group(batch, limits, document.ready_since)
            groups.append(group)
        group.add(document)
    return groups
