"""A program that has stylesheets answer to documents, in one of two ways: `raw`, or as `edid` does.

`python -m tests.conformance.answering WAY FOLDER` reads FOLDER/questions and writes FOLDER/WAY; see `answers.ask`.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from edid.documents import xml
from edid.validation.files import place
from edid.validation.packs import Pack
from edid.validation.saxon import svrl
from edid.validation.saxon.engine import RulesBrokeOffError, engine
from tests.conformance.answers import Objection, Reply

if TYPE_CHECKING:
    from saxonche import PyXsltExecutable

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_LARGEST = 10**8


def main(way: str, folder: Path) -> None:
    """Answer the questions in `folder`."""
    reply = edid_reply if way == "edid" else Raw().reply
    with (folder / way).open("wb") as out:
        for question in pickle.loads((folder / "questions").read_bytes()):
            pickle.dump([reply(pack, question.document) for pack in question.packs], out)


class Raw:
    """What a user would script: the stylesheet compiled from its path, the document read from its path."""

    def __init__(self) -> None:
        from saxonche import PySaxonProcessor

        self._processor = PySaxonProcessor(license=False)
        self._compiler = self._processor.new_xslt30_processor()
        self._compiled: dict[Path, PyXsltExecutable] = {}

    def reply(self, pack: Pack, path: Path) -> Reply:
        """Return what the stylesheet of `pack` says of the document at `path`."""
        from saxonche import PySaxonApiError

        stylesheet = place(pack)
        if stylesheet not in self._compiled:
            self._compiled[stylesheet] = self._compiler.compile_stylesheet(stylesheet_file=str(stylesheet))
        try:
            document = self._processor.parse_xml(xml_file_name=str(path))
            said = self._compiled[stylesheet].transform_to_string(xdm_node=document)
        except PySaxonApiError as error:
            return Reply(broke_off=str(error))
        return _reply(said)


def edid_reply(pack: Pack, path: Path) -> Reply:
    """Return what edid gets from the same stylesheet."""
    tree = xml.parse(path, limit=_LARGEST)
    try:
        document = engine().document(etree.tostring(tree, encoding="unicode"))
        said = engine().run(pack, document)
    except RulesBrokeOffError as error:
        return Reply(broke_off=str(error.__cause__))
    return _reply(said)._replace(read=svrl.read(said))


def _reply(said: str) -> Reply:
    root = etree.fromstring(said.encode(), etree.XMLParser(huge_tree=True))
    objections = tuple(
        Objection(node.get("id"), node.get("flag"), " ".join(str(node.xpath("string()")).split()), node.get("location"))
        for node in root.iterchildren(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    )
    return Reply(objections, len(root.findall(f"{_SVRL}fired-rule")))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
