"""The envelope that CPPStatut and CPPFacturePivot share.

Source: AIFE, XSD CPPStatut V1_19 and CPPFacturePivot V2_02, type of `Enveloppe`.
"""

from __future__ import annotations

from lxml import etree

from edid.documents.values import content

PARAMETER = "ParametreIndiv"
_FLOW_ID = "IdFlx"


class Envelope:
    """What the envelope and the root say, as far as it has been read."""

    def __init__(self) -> None:
        self.flow_id: str | None = None
        """IdFlx, the identifier that the platform gave the flow."""
        self.version: str | None = None
        """@Version of the root."""
        self._root_seen = False

    def read(self, record: etree._Element) -> bool:
        """Take in `record` when it is the root or a parameter; return whether it was."""
        if not self._root_seen:
            self._root_seen = True
            self.version = (record.get("Version") or "").strip() or None
            return True
        if record.tag != PARAMETER:
            return False
        if content(record.find("Code")) == _FLOW_ID:
            self.flow_id = self.flow_id or content(record.find("Valeurparametre"))
        return True
