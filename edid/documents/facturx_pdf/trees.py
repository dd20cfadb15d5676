"""Name trees (ISO 32000-1, 7.9.6), read without trust: their branches may be endless or lead back to the trunk."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf

from edid.documents.facturx_pdf.opening import damaged
from edid.documents.facturx_pdf.values import Place, dictionary, items, place, text


def entries(tree: object, most: int) -> Iterator[tuple[str, object]]:
    """Yield each name and its value, in the order of the tree; a branch that comes a second time is passed over.

    Raises RefusedInputError when there are more than `most` names, or more than `most` branches.
    """
    waiting = [tree]
    met: set[Place] = set()
    names = branches = 0
    while waiting:
        node = dictionary(waiting.pop())
        if node is None or _again(node, met):
            continue
        pairs = list(items(node.get("/Names"), 2 * most))
        kids = list(items(node.get("/Kids"), most))
        names, branches = names + len(pairs) // 2, branches + len(kids)
        if names > most or branches > most:
            raise damaged(f"it has a list of more than {most} names where a few are usual")
        for key, value in zip(pairs[::2], pairs[1::2], strict=False):
            yield text(key) or "", value
        waiting.extend(reversed(kids))


def _again(node: pikepdf.Object, met: set[Place]) -> bool:
    """Tell whether `node` was met before, and remember it."""
    where = place(node)
    if where is None:
        return False
    seen = where in met
    met.add(where)
    return seen
