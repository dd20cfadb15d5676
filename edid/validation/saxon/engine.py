"""SaxonC, once for each judge process: compiles the rules of a pack at their first use and keeps them warm.

SaxonC brings its own virtual machine, which ends the whole process when it is used from another thread than the one
that started it: that is refused here, and only judge processes run rules.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

from edid.errors import PermanentError
from edid.validation.files import checked
from edid.validation.packs import Pack
from edid.validation.saxon.prepare import prepared

if TYPE_CHECKING:
    from saxonche import PyXdmNode, PyXsltExecutable

_SETTINGS = {
    # No stylesheet reads a file or a URL, writes a file, or asks for the environment.
    "http://saxon.sf.net/feature/allowedProtocols": "",
    "http://saxon.sf.net/feature/allow-external-functions": "false",
    "http://saxon.sf.net/feature/parserFeature?uri=http%3A//apache.org/xml/features/disallow-doctype-decl": "true",
}
_LONGEST_CAUSE = 500
_LONGEST_MESSAGE = 200
_ERROR = re.compile(r"^Error\b", re.MULTILINE)


class RulesBrokeOffError(Exception):
    """A stylesheet ended with an error on a document: nothing is known of it. The text is Saxon's own."""


class Engine:
    """A Saxon processor and the stylesheets it has compiled. Used by the thread that made it, and no other."""

    def __init__(self) -> None:
        from saxonche import PySaxonProcessor  # 35 MB: only where there are rules to run

        self._thread = threading.get_ident()
        # Saxon writes causes and messages to stderr, with words of the document. A full pipe takes no more and stops
        # nobody: rules that never cease to talk fill no memory that the limit of the process does not count.
        self._heard, self._complaints = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._processor = PySaxonProcessor(license=False)
        for name, value in _SETTINGS.items():
            self._processor.set_configuration_property(name, value)
        self._compiler = self._processor.new_xslt30_processor()
        self._compiled: dict[Pack, PyXsltExecutable] = {}

    def document(self, text: str) -> PyXdmNode:
        """Return a document for `run`. `text` is XML that the hardened parser of edid has written out again.

        Raises RulesBrokeOffError when Saxon cannot read it.
        """
        with self._listening():
            return self._processor.parse_xml(xml_text=text)

    def compile(self, pack: Pack) -> PyXsltExecutable:
        """Return the rules of `pack`, compiled, its hashes checked.

        Raises BrokenPackError, UnsafeStylesheetError; PermanentError when it does not compile.
        """
        if (known := self._compiled.get(pack)) is not None:
            return known
        main, files = checked(pack)
        text = prepared(pack.name, files, main)
        try:
            with self._listening():
                compiled = self._compiler.compile_stylesheet(stylesheet_text=text)
        except RulesBrokeOffError as error:
            raise PermanentError(f"the rules of {pack.name} {pack.version} do not compile: {error}") from error
        self._compiled[pack] = compiled
        return compiled

    def run(self, pack: Pack, document: PyXdmNode) -> str:
        """Return what the rules of `pack` say of `document`, as SVRL.

        Raises as `compile` does, and RulesBrokeOffError when they end with an error.
        """
        rules = self.compile(pack)
        with self._listening():
            return rules.transform_to_string(xdm_node=document) or ""

    @contextmanager
    def _listening(self) -> Iterator[None]:
        from saxonche import PySaxonApiError

        if threading.get_ident() != self._thread:
            raise PermanentError("rules can only be run by the thread that started Saxon.")
        self._complaint()  # what was said before is no cause of what comes
        stderr = os.dup(2)
        os.dup2(self._complaints, 2)
        try:
            yield
        except PySaxonApiError as error:
            raise RulesBrokeOffError(self._cause(error)) from error
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)

    def _complaint(self) -> str:
        """Return what Saxon said since the last call."""
        said = b""
        with suppress(BlockingIOError):
            while block := os.read(self._heard, 64 * 1024):
                said += block
        return said.decode(errors="replace")

    def _cause(self, error: Exception) -> str:
        said = self._complaint()
        if len(said) > _LONGEST_CAUSE:  # rules may talk before they end, even so much that the cause is lost
            cause = _ERROR.search(said)
            said = said[max(0, cause.start() - _LONGEST_MESSAGE) :] if cause else str(error)
        return " ".join((said or str(error)).split())[:_LONGEST_CAUSE].rstrip(".") + "."


@cache
def engine() -> Engine:
    """Return the engine of this process, started at the first call."""
    return Engine()
