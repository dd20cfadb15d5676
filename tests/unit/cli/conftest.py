from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from edid.cli import main
from edid.config.settings import Limits
from edid.config.sheet import BaseSheet
from edid.documents.kinds import Facts
from edid.flows.names import parse_lenient
from edid.sandbox.answers import StatusLine, flow_report, invoice_statuses
from edid.sandbox.invoices import SELLER, Breakage, broken_invoice, ubl_invoice
from edid.sandbox.pivot import pivot
from edid.sandbox.receiver import incoming_invoices
from edid.validation.worker import JudgePool
from tests.unit.exchange.corridor import Corridor

DAY = date(2026, 9, 1)
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """How one command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Edid = Callable[..., Said]


@pytest.fixture
def edid(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Edid:
    """Run the command line as the console script does."""
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.delenv("EDID_CONFIG", raising=False)

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["edid", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run()
        out, err = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int | None)
        return Said(code or 0, out, err)

    return run


def _write(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False))  # JSON is YAML


def write_configuration(folder: Path, *sheets: BaseSheet) -> Path:
    """Write edid.yaml and its sheets; return edid.yaml."""
    _write(folder / "edid.yaml", {"spool": "spool", "state": "state", "language": "fr"})
    (folder / "sheets").mkdir(exist_ok=True)
    for sheet in sheets:
        _write(folder / "sheets" / f"{sheet.name}.yaml", sheet.model_dump(mode="json", exclude_unset=True))
    return folder / "edid.yaml"


def _parsed(name: str):
    parsed = parse_lenient(name)
    assert parsed is not None
    return parsed


@pytest.fixture(scope="session")
def judges():
    with JudgePool(Limits(), 2) as pool:
        yield pool


@pytest.fixture(scope="session")
def _busy_company(tmp_path_factory: pytest.TempPathFactory, judges: JudgePool) -> Path:
    folder = tmp_path_factory.mktemp("busy")
    corridor = Corridor(folder, judges)
    receiver = corridor.receiver()
    corridor.outbound(
        ("a.xml", ubl_invoice("F-1", DAY)),
        ("again.xml", ubl_invoice("F-1", DAY)),
        ("[red]bad.xml", broken_invoice(Breakage.BAD_DATE)),
        ("empty.xml", b""),
    )
    sent = corridor.flows()[0]
    report = _parsed("CSO1100A_ABC123_CPP0011100000000000000001")
    corridor.inbound(str(report), flow_report(report, _parsed(sent.name), "92", AT))
    status = _parsed("FEN1200A_ABC123_CPP0011200000000000000001")
    facts = Facts(number="F-1", issue_date=DAY, seller_id=SELLER.siret)
    stranger = Facts(number="F-9", issue_date=DAY, seller_id=SELLER.siret)
    lines = [StatusLine("07", facts, "vu"), StatusLine("03", stranger)]
    corridor.inbound(str(status), invoice_statuses(status, lines, AT))
    incoming = _parsed("FEN0036A_ABC123_CPP0010036000000000000001")
    corridor.inbound(str(incoming), pivot(incoming, incoming_invoices(2, DAY), AT), receiver)
    corridor.inbound("strange", b"what is this?", receiver)
    corridor.drop("late.xml", ubl_invoice("F-2", DAY))
    corridor.take()
    corridor.judge()
    corridor.pack()
    corridor.house.store.path(corridor.documents()[-1].sha256).unlink()
    corridor.send()
    corridor.close()
    write_configuration(folder, corridor.sheet, receiver)
    return folder


@pytest.fixture
def busy(_busy_company: Path, tmp_path: Path) -> Path:
    """The edid.yaml of a company with a bit of everything in its journal; a copy, to be changed at will."""
    shutil.copytree(_busy_company, tmp_path / "company")
    sheets = tmp_path / "company" / "sheets"
    for path in sheets.iterdir():
        path.write_text(path.read_text().replace(str(_busy_company), str(tmp_path / "company")))
    return tmp_path / "company" / "edid.yaml"


@pytest.fixture
def company(tmp_path: Path, judges: JudgePool) -> Path:
    """The edid.yaml of a company with one sheet and nothing in its journal."""
    corridor = Corridor(tmp_path / "new", judges)
    corridor.close()
    return write_configuration(tmp_path / "new", corridor.sheet)


@pytest.fixture
def invoice(tmp_path: Path) -> Callable[..., Path]:
    """A file with a valid invoice."""

    def make(number: str = "F-1", content: bytes | None = None, name: str = "invoice.xml") -> Path:
        path = tmp_path / name
        path.write_bytes(ubl_invoice(number, DAY) if content is None else content)
        return path

    return make
