"""Actions that PDF/A-3 does not permit (ISO 19005-3, 6.5.1 and 6.5.2): scripts, programs to start, and the like."""

from __future__ import annotations

from collections import deque

import pikepdf

from edid.documents.facturx_pdf.claims import Action
from edid.documents.facturx_pdf.trees import entries
from edid.documents.facturx_pdf.values import Place, dictionary, place, text
from edid.documents.names import shown

MOST_NODES = 20_000
"""Pages, annotations, fields, bookmarks and actions that are looked at."""
_PERMITTED = frozenset({"GoTo", "GoToR", "GoToE", "Thread", "URI", "SubmitForm"})
_PERMITTED_MOVES = frozenset({"NextPage", "PrevPage", "FirstPage", "LastPage"})
_STARTS = ("/OpenAction", "/AA", "/Pages", "/AcroForm", "/Outlines")
_ONWARD = ("/A", "/Next", "/First", "/Kids", "/Annots", "/Fields")
_MOST_SCRIPTS = 1_000
_MOST_TOLD = 20


def not_permitted(pdf: pikepdf.Pdf) -> tuple[tuple[Action, ...], bool]:
    """Return the actions that PDF/A-3 does not permit, one of a kind for each entry of the catalog that leads to them.

    And whether all was looked at: that ends after MOST_NODES.
    """
    found: dict[Action, None] = {}
    names = dictionary(pdf.Root.get("/Names"))
    if names is not None and any(True for _ in entries(names.get("/JavaScript"), _MOST_SCRIPTS)):
        found[Action("JavaScript", "/Names /JavaScript")] = None
    walk = _Walk()
    for start in _STARTS:
        value = pdf.Root.get(start)
        if isinstance(value, pikepdf.Dictionary):  # an /OpenAction may be a list, which is a place to go to: permitted
            walk.add(start, start, value)
    for where, node in walk:
        kind = _kind(node)
        if kind is not None:
            found[Action(shown(kind, limit=40), where)] = None
        if where == "/AA" or node.get("/AA") is not None:
            found[Action("AA", where)] = None
    return tuple(found)[:_MOST_TOLD], walk.complete


def _kind(node: pikepdf.Object) -> str | None:
    """Return the kind of an action that is not permitted; None for other actions, and for what is no action."""
    kind = text(node.get("/S"))
    if kind is None or kind in _PERMITTED or text(node.get("/Type")) in {"Page", "Pages", "Annot"}:
        return None
    if kind == "Named":
        move = text(node.get("/N"))
        return None if move in _PERMITTED_MOVES else f"Named {move or ''}".strip()
    return kind


class _Walk:
    """The dictionaries that actions may hang on, each once, with the entry of the catalog it was reached from."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, pikepdf.Object]] = deque()
        self._met: set[Place] = set()
        self._count = 0
        self.complete = True

    def __iter__(self) -> _Walk:
        return self

    def __next__(self) -> tuple[str, pikepdf.Object]:
        if not self._waiting:
            raise StopIteration
        where, node = self._waiting.popleft()
        for key in _ONWARD:
            self.add(where, key, node.get(key))
        self.add(where, "/AA", node.get("/AA"))
        return where, node

    def add(self, where: str, key: str, value: object) -> None:
        """Put `value`, or what the array `value` holds, in the row; of the events of an /AA, their actions."""
        nodes: list[object]
        if isinstance(value, pikepdf.Array):
            nodes = [value[index] for index in range(min(len(value), self._room()))]
            self.complete &= len(nodes) == len(value)
        elif key == "/AA" and isinstance(value, pikepdf.Dictionary):
            nodes = [value, *list(value.values())[: self._room()]]
        else:
            nodes = [value]
        for each in nodes:
            self._add_one(where, each)

    def _add_one(self, where: str, value: object) -> None:
        node = dictionary(value)
        if node is None:
            return
        spot = place(node)
        if spot is not None and spot in self._met:
            return
        if not self._room():
            self.complete = False
            return
        if spot is not None:
            self._met.add(spot)
        self._count += 1
        self._waiting.append((where, node))

    def _room(self) -> int:
        return MOST_NODES - self._count
