from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from edid.validation.official import installed

SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def ids_of(path: Path) -> set[str]:
    """Read the ids of a compiled rule file; found here by other means than the code under test uses."""
    root = etree.parse(path)
    written = root.xpath("//*[local-name()='failed-assert']/@id")
    put = root.xpath("//*[local-name()='failed-assert']/*[local-name()='attribute'][@name='id']/text()")
    return {str(each).strip() for each in (*written, *put)}


def messages_of(path: Path) -> Iterator[str]:
    for text in etree.parse(path).iter(f"{SVRL}text"):
        yield " ".join("".join(text.itertext()).split())


@pytest.fixture(scope="session")
def sheets() -> dict[str, Path]:
    """The installed rule files by name."""
    return {path.name: path for path in installed()}


@pytest.fixture
def sheet(sheets: dict[str, Path], request: pytest.FixtureRequest) -> Path:
    if request.param not in sheets:
        pytest.skip(f"{request.param} is not installed")
    return sheets[request.param]
