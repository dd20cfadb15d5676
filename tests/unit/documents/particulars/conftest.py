"""Ways to read the particulars of documents made here, and to look at them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass

import pytest
from lxml import etree

from edid.documents import xml
from edid.documents.kinds import Kind
from edid.documents.particulars.model import Datum, Particulars
from edid.documents.particulars.reading import read

ROOTS = {"Invoice": Kind.UBL_INVOICE, "CreditNote": Kind.UBL_CREDIT_NOTE, "CrossIndustryInvoice": Kind.CII}


def parsed(data: bytes) -> xml.Tree:
    return etree.ElementTree(etree.fromstring(data, etree.XMLParser(**xml.hardened(huge=True))))


@pytest.fixture(scope="session", name="parsed")
def parsed_fixture() -> Callable[[bytes], xml.Tree]:
    return parsed


@pytest.fixture(scope="session")
def particulars() -> Callable[..., Particulars]:
    """Read the particulars in bytes, of the kind that their root tells."""

    def of(data: bytes, **condition: bool) -> Particulars:
        tree = parsed(data)
        return read(tree, ROOTS[etree.QName(tree.getroot()).localname], **condition)

    return of


def data_of(thing: object) -> Iterator[Datum]:
    """Yield every datum inside `thing`."""
    if isinstance(thing, Datum):
        yield thing
    elif isinstance(thing, tuple):
        for each in thing:
            yield from data_of(each)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from data_of(getattr(thing, field.name))


@pytest.fixture(scope="session", name="data_of")
def data_of_fixture() -> Callable[[object], Iterator[Datum]]:
    return data_of


@pytest.fixture(scope="session")
def zipped() -> Callable[..., bytes]:
    """Make a zip of files with these names."""

    def make(*names: str, comment: bytes = b"") -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.comment = comment
            for name in names:
                archive.writestr(name, b"%PDF-1.7")
        return target.getvalue()

    return make
