"""Amounts in another currency than the invoice's own."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from edid.documents.particulars.condition import Condition
from edid.documents.particulars.model import Datum
from edid.documents.particulars.spot import found
from edid.documents.values import content
from edid.documents.xml import Element

_MOST = 10
"""Most currencies that are returned; each costs a pass through the document."""


class Search:
    """Finds foreign amounts. `tax_total` names the element that may carry the accounting currency (BT-111)."""

    def __init__(self, names: Mapping[str, str], *, tax_total: str) -> None:
        self._names = names
        self._next = etree.XPath(
            "(//*[@currencyID != '' and not(contains($seen, concat('\n', @currencyID, '\n')))"
            f" and not(self::{tax_total} and @currencyID = $accounting)])[1]",
            namespaces=dict(names),
        )

    def amounts(
        self, root: Element, currency: Datum | None, accounting: Datum | None, condition: Condition
    ) -> tuple[Datum, ...]:
        """Return the first amount of each currency other than `currency` (BT-5; None: that of the first amount).

        Left out: tax totals in the `accounting` currency (BT-6).
        """
        seen = "" if currency is None else currency.value
        of_tax = "" if accounting is None else accounting.value
        data: list[Datum] = []
        try:
            for _ in range(_MOST + 1):
                datum = self._first(root, f"\n{seen}\n", of_tax)
                if datum is None or datum.scheme is None:
                    break
                if seen:
                    data.append(datum)
                seen = f"{seen}\n{datum.scheme}"
        except etree.XPathError:  # libxml2 sets itself a limit of ten million nodes
            condition.miss("the currencies of amounts")
        return tuple(data[:_MOST])

    def _first(self, root: Element, seen: str, accounting: str) -> Datum | None:
        nodes = self._next(root, seen=seen, accounting=accounting)
        node = nodes[0] if isinstance(nodes, list) and nodes else None
        if not isinstance(node, etree._Element):  # noqa: SLF001
            return None
        spot = found(node, self._names)
        return Datum(content(node) or "", node.sourceline, spot.path, node.get("currencyID"))
