"""What the pages for operators say can be typed, and is true."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from edid.sandbox.invoices import ubl_invoice
from tests.integration.packaging.snippets import KINDS, NOT_TYPED, snippets

BIN = Path(sys.executable).parent
CHOSEN_AT_RUN_TIME = {
    *(f"document.{state}" for state in ("valid", "rejected", "held", "duplicate")),
    *(f"flow.{outcome}" for outcome in ("transient", "operator", "permanent", "held", "filed", "kept")),
    *(f"partner.{turn}" for turn in ("paused", "healed")),
    *(f"{subject}.status" for subject in ("document", "flow")),
    *(f"{kind}.setback" for kind in ("file", "document", "flow")),
}
"""Events whose name is put together from a state or an outcome."""

SETTINGS = "{spool: spool, state: state, language: en}\n"
SHEET = """
name: chorus
kind: sender
platform: generic
environment: qualification
structure: {siret: "12345678200010", name: Example}
application_code: AAA123
interfaces: {emission: [FSO1100A]}
contact: {name: IT, email: it@example.invalid}
transport: {protocol: folder, root: ../partner}
"""


@pytest.fixture(params=["install.md", "operating.md", "audit.md"])
def page(request: pytest.FixtureRequest, project: Path) -> Path:
    return project / "docs" / request.param


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house in which a flow failed on a missing folder, which is there by now, and its invoice was dropped twice."""
    tmp_path = tmp_path_factory.mktemp("furnished")
    (tmp_path / "sheets").mkdir()
    (tmp_path / "partner").mkdir()
    (tmp_path / "edid.yaml").write_text(SETTINGS)
    (tmp_path / "sheets" / "chorus.yaml").write_text(SHEET)
    (tmp_path / "invoice.xml").write_bytes(ubl_invoice("F-1", date(2026, 9, 1)))
    for _ in range(2):
        assert typed("edid send invoice.xml --sheet chorus", tmp_path).returncode == 1
    for name in ("in", "out"):
        (tmp_path / "partner" / name).mkdir()
    return tmp_path


@pytest.fixture
def machine(furnished: Path, tmp_path: Path) -> Path:
    """That house, to be changed."""
    return Path(shutil.copytree(furnished, tmp_path / "machine"))


def typed(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Type `text` in `folder`, with the places of an installation put below it."""
    places: Mapping[str, Path] = {
        "/var/lib/edid": folder / "state",
        "/var/backups/edid": folder / "backup",
        "/mnt/elsewhere/edid-anchors": folder / "anchors",
        "/opt/edid/bin": BIN,
    }
    for place, here in places.items():
        text = text.replace(place, str(here))
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        check=False,
        cwd=folder,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "EDID_CONFIG": str(folder / "edid.yaml")},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_every_snippet_says_where_it_can_run_and_is_shell(page: Path):
    typed_ = [snippet for snippet in snippets(page) if snippet.kind not in NOT_TYPED]
    assert typed_
    for snippet in typed_:
        assert snippet.kind in KINDS, snippet
        parsed = subprocess.run(["bash", "-n"], check=False, input=snippet.text, capture_output=True, text=True)
        assert parsed.returncode == 0, (snippet, parsed.stderr)


@pytest.mark.timeout(600)
def test_what_can_be_typed_anywhere_works_as_it_stands(project: Path, machine: Path):
    for snippet in snippets(project / "docs" / "operating.md"):
        if snippet.kind == "sh":
            done = typed(snippet.text, machine)
            assert done.returncode == 0, (snippet, done.stdout, done.stderr)
    assert {path.name for path in (machine / "backup").iterdir()} == {"journal.db", "store"}


@pytest.mark.timeout(600)  # some twenty commands, one after the other
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl checks the anchors there")
def test_what_the_page_for_auditors_says_works_as_it_stands(project: Path, machine: Path):
    key = {"folder": str(machine / "anchors"), "key": {"file": str(machine / "anchor.pem")}}
    with (machine / "edid.yaml").open("w") as settings:
        json.dump({"spool": "spool", "state": "state", "language": "en", "audit": {"anchor": key}}, settings)
    made = typed("openssl genpkey -algorithm ed25519 -out anchor.pem; edid flows retry --sheet chorus", machine)
    assert made.returncode == 0, made.stderr
    ran = [snippet for snippet in snippets(project / "docs" / "audit.md") if snippet.kind == "sh"]
    for snippet in ran:
        done = typed(snippet.text, machine)
        assert done.returncode == 0, (snippet, done.stdout, done.stderr)
    assert len(ran) >= 7
    assert len(list((machine / "anchors").glob("anchor-*.sig"))) == 1
    assert (machine / "state" / "journal.db").is_file()
    assert (machine / "state.lost" / "journal.db").is_file()


def test_what_is_typed_in_a_checkout_are_targets_of_its_makefile(page: Path, project: Path):
    makefile = (project / "Makefile").read_text()
    for snippet in snippets(page):
        if snippet.kind == "sh checkout":
            for target in re.findall(r"^make ([a-z-]+)$", snippet.text, re.MULTILINE):
                assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_event_of_the_log_is_explained_and_no_other(project: Path):
    table = (project / "docs" / "operating.md").read_text().split("\n## Logs\n")[1].split("\n## ")[0]
    explained = set(re.findall(r"`([a-z]+\.[a-z_]+)`", "".join(re.findall(r"^\| (.*?) \|", table, re.MULTILINE))))
    assert explained == logged_events(project) | CHOSEN_AT_RUN_TIME


def test_shipped_files_that_the_pages_name_exist(page: Path, project: Path):
    for name in re.findall(r"\$files/([a-z.]+)", page.read_text()):
        assert (project / "systemd" / name).is_file(), name


def test_what_holds_against_a_threat_is_a_test_that_there_is(project: Path):
    named = re.findall(r"`((?:unit|integration|acceptance)/[a-z_/]+\.py)(?:::(test_\w+))?`", _threats(project))
    assert len(named) > 30
    for path, test in named:
        source = (project / "tests" / path).read_text()
        assert not test or f"def {test}(" in source, (path, test)


def test_every_threat_that_cannot_be_has_something_that_holds_it(project: Path):
    rows = re.findall(r"^\| cannot \| held by \|\n\|---\|---\|\n((?:\|.*\n)+)", _threats(project), re.MULTILINE)
    assert len(rows) == 6
    for row in "".join(rows).splitlines():
        assert row.split("|")[2].strip(), row


def _threats(project: Path) -> str:
    return (project / "docs" / "threats.md").read_text()


def logged_events(project: Path) -> set[str]:
    """Every name that the daemon's rooms give to a log call."""
    found = set()
    for source in (project / "edid").rglob("*.py"):
        if "sandbox" in source.parts:
            continue
        for node in ast.walk(ast.parse(source.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func.value) == "log"
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(node.args[0].value)
    return found
