"""CEN's unit files: many small documents in one file, each saying which rules must be broken in it and which not.

Their form is that of the VEFA validator: `<testSet>` of `<test>`, each an `<assert>` and one document. Most documents
are fragments that no schema would take: only the rules that a test names are its business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from edid.config.settings import Limits
from edid.validation.judging import Judgement
from edid.validation.standard import Standard
from edid.validation.verdict import Finding
from edid.validation.worker import JudgePool

_VEFA = "{http://difi.no/xsd/vefa/validator/1.0}"
_WEIGHTS = {"error": "fatal", "fatal": "fatal", "warning": "warning"}


class Expectation(NamedTuple):
    """What a unit says of one rule."""

    rule: str
    broken: bool
    times: int | None = None
    """How often, where the unit says so."""
    weight: str | None = None

    def met_by(self, findings: Sequence[Finding]) -> bool:
        """Tell whether `findings` are as expected."""
        found = [finding for finding in findings if finding.rule == self.rule]
        return bool(found) is self.broken and self.times in {None, len(found)}


@dataclass(frozen=True, slots=True)
class Unit:
    """One document of a unit file."""

    file: str
    number: int
    content: bytes
    expectations: tuple[Expectation, ...]

    @property
    def name(self) -> str:
        """`folder/file#number`."""
        return f"{self.file}#{self.number}"


def ubl_units(corpus: Path) -> list[Unit]:
    """Return the 1,131 UBL documents of the corpus."""
    folders = ("Invoice-unit-UBL", "CreditNote-unit-UBL")
    return [unit for folder in folders for unit in _units(corpus / "cen/ubl-unit" / folder)]


def cii_units(corpus: Path) -> list[Unit]:
    """Return the few CII documents of the corpus."""
    return list(_units(corpus / "cen/ubl-unit/cii"))


def sampled(units: Sequence[Unit]) -> list[Unit]:
    """Return the first document of each unit file that breaks its rule, and the first that keeps it."""
    chosen = {}
    for unit in units:
        chosen.setdefault((unit.file, any(each.broken for each in unit.expectations)), unit)
    return list(chosen.values())


def judged(units: Sequence[Unit], pack: str, folder: Path, processes: int = 2) -> list[Judgement]:
    """Have edid judge `units` by `pack` alone, in the order given; `folder` takes their files."""
    jobs = []
    for place, unit in enumerate(units):
        path, work = folder / f"{place}.xml", folder / f"{place}.work"
        path.write_bytes(unit.content)
        work.mkdir()
        jobs.append((path, work))
    with JudgePool(Limits(), size=processes) as pool:
        return pool.judge(jobs, standard=Standard(packs=(pack,)))


def unmet(unit: Unit, judgement: Judgement) -> list[str]:
    """Return what `unit` expects in vain of `judgement`, in words."""
    verdict = judgement.verdict
    if verdict.not_judged_because:
        return [f"{unit.name}: {verdict.not_judged_because}"]
    counts = Counter(finding.rule for finding in verdict.findings)
    return [
        f"{unit.name}: {each.rule} should be {'broken' if each.broken else 'kept'}"
        f"{f' {each.times} times' if each.times else ''}, is broken {counts[each.rule]} times"
        for each in unit.expectations
        if not each.met_by(verdict.findings)
    ]


def _units(folder: Path) -> Iterator[Unit]:
    for path in sorted(folder.glob("*.xml")):
        tests = etree.parse(path).getroot().iterchildren(f"{_VEFA}test")
        for number, test in enumerate(tests, 1):
            said, document = test.iterchildren("*")
            content = etree.tostring(document, with_tail=False, encoding="UTF-8", xml_declaration=True)
            yield Unit(f"{folder.name}/{path.name}", number, content, tuple(_expectations(said)))


def _expectations(said: etree._Element) -> Iterator[Expectation]:
    for node in said.iterchildren(f"{_VEFA}success", *(f"{_VEFA}{name}" for name in _WEIGHTS)):
        kind = etree.QName(node).localname
        times = node.get("number")
        yield Expectation(
            (node.text or "").strip(), kind != "success", int(times) if times else None, _WEIGHTS.get(kind)
        )
