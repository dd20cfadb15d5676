"""The properties of an XMP packet that matter to a Factur-X.

Places: ISO 19005-3, 6.6.4 (pdfaid) and 6.6.2.3.3 (extension schemas); FNFE-MPE and FeRD, Factur-X 1.0, 6.3 (fx). A
property may be an element below rdf:Description or an attribute of it: both mean the same in RDF.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from edid.documents.facturx_pdf.claims import Xmp
from edid.documents.names import shown
from edid.documents.values import content, text

FACTUR_X = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_INVOICE_SCHEMAS = frozenset(
    it.casefold().rstrip("#")
    for it in (
        FACTUR_X,
        "urn:ferd:pdfa:CrossIndustryDocument:invoice:1p0#",  # ZUGFeRD 1.0
        "urn:zugferd:pdfa:CrossIndustryDocument:invoice:2p0#",  # ZUGFeRD 2.0
    )
)
"""Compared without case and final sign, which early samples got wrong."""
_PDFA_ID = "http://www.aiim.org/pdfa/ns/id/"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DESCRIBED = "{http://www.aiim.org/pdfa/ns/schema#}namespaceURI"
_MOST_VALUES = 10

_Property = tuple[str, str, str]
"""Namespace, name, value."""


def xmp_of(root: etree._Element) -> Xmp:
    """Return the properties of an XMP packet; never raises for what it finds there."""
    properties = list(_properties(root))
    fx = [it for it in properties if it[0].casefold().rstrip("#") in _INVOICE_SCHEMAS]
    pdfa = [it for it in properties if it[0] == _PDFA_ID]
    return Xmp(
        pdfa_part=_values(pdfa, "part"),
        pdfa_conformance=_values(pdfa, "conformance"),
        document_type=_values(fx, "DocumentType"),
        document_file_name=_values(fx, "DocumentFileName"),
        version=_values(fx, "Version"),
        conformance_level=_values(fx, "ConformanceLevel"),
        namespaces=_few(namespace for namespace, _, _ in fx),
        described=_few(_described(root)),
    )


def _properties(root: etree._Element) -> Iterator[_Property]:
    for node in root.iter(f"{_RDF}Description"):
        parent = node.getparent()
        if parent is not None and parent.tag == f"{_RDF}RDF":
            for name, value in node.attrib.items():
                yield from _property(str(name), text(str(value)))
            for child in node.iterchildren("*"):
                yield from _property(str(child.tag), content(child))


def _property(name: str, value: str | None) -> Iterator[_Property]:
    namespace, _, local = name.removeprefix("{").rpartition("}")
    if value is not None:
        yield namespace, local, value


def _described(root: etree._Element) -> Iterator[str]:
    for node in root.iter("*"):
        if value := content(node) if node.tag == _DESCRIBED else text(node.get(_DESCRIBED)):
            yield value


def _values(properties: list[_Property], name: str) -> tuple[str, ...]:
    return _few(value for _, local, value in properties if local == name)


def _few(values: Iterator[str] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown(value) for value in values))[:_MOST_VALUES]
