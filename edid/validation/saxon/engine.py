"""SaxonC, once for each judge process: compiles the rules of a pack at their first use and keeps them warm.

SaxonC brings its own virtual machine, which ends the whole process when it is used from another thread than the one
that started it: that is refused here, and only judge processes run rules.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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


class RulesBrokeOffError(Exception):
    """A stylesheet ended with an error on a document: nothing is known of it. The text is Saxon's own."""


class Engine:
    """A Saxon processor and the stylesheets it has compiled. Used by the thread that made it, and no other."""

    def __init__(self) -> None:
        from saxonche import PySaxonProcessor  # 35 MB: only where there are rules to run

        self._thread = threading.get_ident()
        self._complaints = os.memfd_create("saxon")  # Saxon writes causes to stderr, with words of the document
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
        os.ftruncate(self._complaints, 0)
        os.lseek(self._complaints, 0, os.SEEK_SET)
        stderr = os.dup(2)
        os.dup2(self._complaints, 2)
        try:
            yield
        except PySaxonApiError as error:
            raise RulesBrokeOffError(self._cause(error)) from error
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)

    def _cause(self, error: Exception) -> str:
        said = os.pread(self._complaints, 4 * _LONGEST_CAUSE, 0).decode(errors="replace")
        return " ".join((said or str(error)).split())[:_LONGEST_CAUSE].rstrip(".") + "."


@cache
def engine() -> Engine:
    """Return the engine of this process, started at the first call."""
    return Engine()
