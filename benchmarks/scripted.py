"""What a user would script to judge invoices, in one process: lxml for the schema, SaxonC for the official rules.

`benchmarks.scripted.Child` starts it as `script`, or as `direct`: the same protocol around
`edid.validation.judging.judge_file`, without the pool.
`python benchmarks/scripted.py script|direct` reads one JSON object a line and answers one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from lxml import etree

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

if TYPE_CHECKING:
    from saxonche import PyXsltExecutable

    from edid.validation.packs import Pack
    from edid.validation.standard import Standard

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


class Child:
    """A process that judges the files it is told to, and says how long it took and what was found."""

    def __init__(self, way: str) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  Saxon complains there; it lives as long as the child
        command = [sys.executable, __file__, way]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def judge(self, files: Sequence[Path], standard: Standard, packs: Sequence[Pack]) -> tuple[float, int]:
        """Return the seconds that judging `files` took, and the number of objections (of invalid files, for edid)."""
        from edid.validation.files import place

        question = {
            "files": list(map(str, files)),
            "profile": standard.profile,
            "day": str(standard.on),
            "schemas": [str(place(pack)) for pack in packs if pack.xsd],
            "stylesheets": [str(place(pack)) for pack in packs if pack.stylesheet],
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            self._errors.seek(0)
            raise SystemExit(f"a process ended: {self._errors.read()[-2000:].decode(errors='replace')}")
        said = json.loads(answer)
        return said["seconds"], said["found"]

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._errors.close()


class Script:
    """Keeps compiled what it has compiled."""

    def __init__(self) -> None:
        from saxonche import PySaxonProcessor

        self._saxon = PySaxonProcessor(license=False)
        self._compiler = self._saxon.new_xslt30_processor()
        self._stylesheets: dict[str, PyXsltExecutable] = {}
        self._schemas: dict[str, etree.XMLSchema] = {}

    def judge(self, path: str, question: dict[str, Any]) -> int:
        found = 0
        document = etree.parse(path)
        for name in question["schemas"]:
            if name not in self._schemas:
                self._schemas[name] = etree.XMLSchema(file=name)
            self._schemas[name].validate(document)
            found += len(self._schemas[name].error_log)
        if not question["stylesheets"]:
            return found
        node = self._saxon.parse_xml(xml_text=Path(path).read_text("utf-8"))
        for name in question["stylesheets"]:
            if name not in self._stylesheets:
                self._stylesheets[name] = self._compiler.compile_stylesheet(stylesheet_file=name)
            answer = self._stylesheets[name].transform_to_string(xdm_node=node)
            root = etree.fromstring(answer.encode(), etree.XMLParser(huge_tree=True))
            objections = list(root.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"))
            found += len([(node.get("id"), node.get("location"), node[0].text) for node in objections])
        return found


def direct() -> Callable[[str, dict[str, Any]], int]:
    """Return a function that has edid judge in this very process."""
    from datetime import date

    from edid.config.settings import Limits
    from edid.validation.judging import judge_file
    from edid.validation.standard import Standard
    from edid.validation.verdict import Outcome

    limits = Limits()

    def _judge(path: str, question: dict[str, Any]) -> int:
        standard = Standard(question["profile"], day=date.fromisoformat(question["day"]))
        # What it takes from an invoice is nothing: the folder stays empty.
        verdict = judge_file(Path(path), Path(path).parent, limits, standard=standard).verdict
        return int(verdict.outcome is not Outcome.VALID)

    return _judge


def serve(judge: Callable[[str, dict[str, Any]], int], questions: IO[str], answers: IO[str]) -> None:
    for line in questions:
        question = json.loads(line)
        start = time.perf_counter()
        found = sum(judge(path, question) for path in question["files"])
        print(json.dumps({"seconds": time.perf_counter() - start, "found": found}), file=answers, flush=True)


if __name__ == "__main__":
    serve(Script().judge if sys.argv[1] == "script" else direct(), sys.stdin, sys.stdout)
