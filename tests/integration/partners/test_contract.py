"""Whatever a partner does: the right kind of error with what to do, nothing partial, and all is well once it heals."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from edid.config.transport import SftpSettings
from edid.transport.deliver import deliver
from edid.transport.sftp import SftpTransport
from tests.conftest import PROJECT
from tests.integration.partners.breaking import Partner, unmount
from tests.integration.partners.contract import CONTRACT
from tests.integration.partners.row import Kind, Row, line
from tests.integration.transport.conftest import empty, sftp
from tests.partners.faulty import FaultyPartner
from tests.partners.faulty_faults import DENIED, FAILURE, Ask

LIMIT = 10_000_000
CASES = [pytest.param(row, kind, id=f"{row.name}-{kind}") for row in CONTRACT for kind in row.ways]


class Act:
    """One act with a partner, repeated until it succeeds."""

    def __init__(self, row: Row, partner: Partner, folder: Path) -> None:
        self._row = row
        self._partner = partner
        self._content = os.urandom(row.size)
        self._source, self._back = folder / "source", folder / "back"
        self._source.write_bytes(self._content)
        if row.act in {"fetch", "list"}:
            partner.write("out/flow", self._content)

    def attempt(
        self, transport: SftpTransport, settings: SftpSettings, midway: Callable[[], None] | None = None
    ) -> None:
        """Do it once; `midway` is called when the first bytes have moved."""
        once = _Once(midway)
        if self._row.act == "log in":
            transport.connect()
        elif self._row.act == "deliver":
            deliver(transport, self._source, "flow", settings, once)
        elif self._row.act == "fetch":
            transport.get(PurePosixPath("out/flow"), self._back, limit=LIMIT, progress=once)
        else:
            assert [file.name for file in transport.list(PurePosixPath("out"))] == ["flow"]

    def nothing_is_left(self) -> None:
        """Neither here nor there stands anything that is not whole under its final name."""
        assert not self._back.exists()
        assert not (self._partner.root / "in" / "flow").exists()

    def is_done(self) -> None:
        """The bytes are where they belong, and nothing else is."""
        if self._row.act == "deliver":
            assert {path.name for path in (self._partner.root / "in").iterdir()} == {"flow"}
            assert (self._partner.root / "in" / "flow").read_bytes() == self._content
        if self._row.act == "fetch":
            assert self._back.read_bytes() == (self._partner.root / "out" / "flow").read_bytes()


class _Once:
    def __init__(self, work: Callable[[], None] | None) -> None:
        self._work = work

    def __call__(self, moved: int) -> None:
        work, self._work = self._work, None
        if work is not None:
            work()


@pytest.fixture
def partner(kind: Kind, request: pytest.FixtureRequest) -> Iterator[Partner]:
    found: Any = request.getfixturevalue(kind)
    empty(found.root)
    yield found
    unmount(found)


@pytest.mark.parametrize(("row", "kind"), CASES)
def test_a_broken_partner_is_told_by_its_kind_leaves_nothing_and_is_served_once_it_heals(
    row: Row, kind: Kind, partner: Partner, tmp_path: Path
) -> None:
    act = Act(row, partner, tmp_path)
    sound = sftp(partner)
    transport = SftpTransport(sound)
    with transport:
        with row.ways[kind](partner) as broken:
            settings = sftp(partner, **broken.changes)
            tried = SftpTransport(settings) if broken.changes else transport
            with tried, pytest.raises(row.error, match=rf"(?s){row.says}") as caught:
                act.attempt(tried, settings, broken.midway)
            assert type(caught.value) is row.error
            assert row.remedy in caught.value.remedy
            act.nothing_is_left()
        act.attempt(transport, sound)
    act.is_done()


@pytest.mark.parametrize("faults", [{"posix_rename": False}, {"refuses": "failure"}, {"refuses": "denied"}])
def test_where_only_the_plain_rename_works_it_serves(faulty: FaultyPartner, source: Path, faults: Any) -> None:
    codes = {"failure": (FAILURE, ""), "denied": (DENIED, "")}
    faulty.faults.posix_rename = "posix_rename" not in faults
    faulty.faults.refuses = {Ask.POSIX_RENAME: codes[faults["refuses"]]} if "refuses" in faults else {}
    settings = sftp(faulty)
    with SftpTransport(settings) as transport:
        for content in (b"first", b"second, over the first"):
            source.write_bytes(content)
            deliver(transport, source, "flow", settings)
            assert (faulty.root / "in" / "flow").read_bytes() == content
    assert [path.name for path in (faulty.root / "in").iterdir()] == ["flow"]


def test_a_partner_that_denies_what_it_took_is_believed_its_acknowledgements(
    faulty: FaultyPartner, source: Path
) -> None:
    faulty.faults.lie = lambda _size: None
    settings = sftp(faulty)
    with SftpTransport(settings) as transport:
        assert deliver(transport, source, "flow", settings).size_confirmed is False
    assert (faulty.root / "in" / "flow").read_bytes() == source.read_bytes()


def test_the_page_has_every_row_of_the_contract_and_no_other() -> None:
    page = (PROJECT / "docs" / "partners.md").read_text("utf-8")
    told = [one for one in page.splitlines() if one.startswith("| `")]
    assert told == [line(row) for row in CONTRACT]
