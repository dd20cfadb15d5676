"""Whether edid says what the official rules say, on real documents made elsewhere. Prints tables: `make conformance`.

Needs the corpus (EDID_CORPUS names its folder). CEN's own rules for CII are fetched by pip; without them their column
stays empty. Ends with 1 when edid and the official rules differ anywhere.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from edid.validation.verdict import Outcome, Severity  # noqa: E402
from tests.conformance import cen_cii, documents  # noqa: E402
from tests.conformance.agreement import Comparison, compared  # noqa: E402
from tests.conformance.units import Unit, cii_units, ubl_units, unmet  # noqa: E402
from tests.conformance.units import judged as judged_units  # noqa: E402
from tests.conformance.whole import Judged, judged  # noqa: E402

_AT_ONCE = 400
"""Documents that are compared in one go: their answers are held in memory."""
_SHOWN = 20


def units(console: Console, corpus: Path, base: Path) -> list[str]:
    """Judge CEN's unit documents rule by rule; return the expectations that are not met."""
    missed = []
    title = "CEN's unit documents, rule by rule, judged by edid"
    table = Table("file", "documents", "expectations", "broken as stated", "kept as stated", "not met", title=title)
    start = time.perf_counter()
    for stated, pack in ((ubl_units(corpus), "EN16931-UBL"), (cii_units(corpus), "EN16931-CII")):
        folder = base / f"units-{pack}"
        folder.mkdir()
        judgements = judged_units(stated, pack, folder)
        failed = {unit.name: unmet(unit, each) for unit, each in zip(stated, judgements, strict=True)}
        for file in dict.fromkeys(unit.file for unit in stated):
            _add_units(table, file, [unit for unit in stated if unit.file == file], failed)
        table.add_section()
        _add_units(table, f"all, by {pack}", stated, failed)
        table.add_section()
        missed += [each for some in failed.values() for each in some]
    console.print(table)
    console.print(f"{time.perf_counter() - start:.1f} s\n")
    return missed


def _add_units(table: Table, name: str, stated: Sequence[Unit], failed: dict[str, list[str]]) -> None:
    wanted = [each for unit in stated for each in unit.expectations]
    broken = sum(each.broken for each in wanted)
    bad = sum(len(failed[unit.name]) for unit in stated)
    table.add_row(name, *map(str, (len(stated), len(wanted), broken, len(wanted) - broken, bad)))


def agreement(console: Console, corpus: Path, base: Path, mutations: int, seed: int) -> list[str]:
    """Compare edid with plain SaxonC on the unmodified stylesheets; return every difference."""
    stylesheet = cen_cii.fetched(base / "cen-cii")
    beside = cen_cii.catalogue_with(stylesheet).packs[:1] if stylesheet else ()
    found: dict[str, list[Comparison]] = {}
    start = time.perf_counter()
    for column, (name, paths) in enumerate(_compared(corpus, base, mutations, seed)):
        for first in range(0, len(paths), _AT_ONCE):
            folder = base / f"answers-{name}-{first}"
            folder.mkdir()
            for pack, one in compared(paths[first : first + _AT_ONCE], folder, beside).items():
                columns = found.setdefault(pack, [Comparison()] * 3)
                columns[column] = columns[column].plus(one)
            for file in folder.iterdir():
                file.unlink()
    title = "The same objections from the unmodified stylesheet and by way of edid: id, flag, words, order, place"
    heads = ("whole documents", "CEN's units", f"spoiled ({mutations})", "objections", "rules seen", "both broke off")
    table = Table("stylesheet", *heads, "differences", title=title)
    for pack, columns in found.items():
        whole = Comparison()
        for each in columns:
            whole = whole.plus(each)
        counts = (*(each.pairs for each in columns), whole.objections, len(whole.rules), whole.broke_off)
        table.add_row(pack, *map(str, counts), str(len(whole.differences)))
    console.print(table)
    console.print(f"{time.perf_counter() - start:.1f} s\n")
    return [difference for columns in found.values() for each in columns for difference in each.differences]


def _compared(corpus: Path, base: Path, mutations: int, seed: int) -> list[tuple[str, list[Path]]]:
    folders = {name: base / name for name in ("whole", "units", "spoiled")}
    for folder in folders.values():
        folder.mkdir()
    return [
        ("whole", documents.whole(corpus, folders["whole"])),
        ("units", documents.units(corpus, folders["units"])),
        ("spoiled", documents.spoiled(corpus, folders["spoiled"], mutations, seed)),
    ]


def examples(console: Console, corpus: Path, base: Path) -> list[str]:
    """Judge whole documents by profiles; return those that should be valid and are not."""
    wanted = []
    for folder, profile in (("cen/ubl-examples", "en16931"), ("cen/ubl-unit/testfiles", "en16931"), ("cdar", "fr-ctc")):
        found = judged((corpus / folder).glob("*.xml"), profile, _fresh(base))
        wanted += [f"{each.name} is {each.verdict.outcome}" for each in found if not _valid(each)]
        _print_counts(console, folder, profile, found)
    _cii(console, corpus, base)
    found = judged((corpus / "chorus/cii").glob("*.xml"), "chorus-pro", _fresh(base))
    _print_examples(console, "AIFE's sample invoices by the profile chorus-pro", found)
    return wanted


def _cii(console: Console, corpus: Path, base: Path) -> None:
    """Show the CII examples by the rules that come with edid, and by CEN's own where they can be had."""
    paths = list((corpus / "cen/cii-examples").glob("*.xml"))
    shipped = judged(paths, "en16931", _fresh(base))
    stylesheet = cen_cii.fetched(base / "cen-cii")
    if stylesheet is None:
        console.print("CEN's own rules for CII cannot be fetched: their column is missing.")
    own = judged(paths, "en16931", _fresh(base), packs=cen_cii.catalogue_with(stylesheet)) if stylesheet else None
    table = Table("document", "shipped rules", "what they object to", "CEN's own rules", title="CEN's CII examples")
    for number, each in enumerate(shipped):
        theirs = str(own[number].verdict.outcome) if own else "-"
        table.add_row(each.name, str(each.verdict.outcome), _rules(each), theirs)
    console.print(table)


def _print_counts(console: Console, folder: str, profile: str, found: Sequence[Judged]) -> None:
    counts = Counter(str(each.verdict.outcome) for each in found)
    console.print(f"{folder} by {profile}: {', '.join(f'{count} {outcome}' for outcome, count in counts.items())}")


def _print_examples(console: Console, title: str, found: Sequence[Judged]) -> None:
    table = Table("document", "outcome", "fatal and warning", "information", title=title)
    for each in found:
        information = sum(it.severity is Severity.INFORMATION for it in each.verdict.findings)
        table.add_row(each.name, str(each.verdict.outcome), _rules(each), str(information))
    console.print(table)


def _rules(each: Judged) -> str:
    heavy = [it for it in each.verdict.findings if it.severity is not Severity.INFORMATION]
    counts = Counter(f"{it.rule}{'' if it.severity is Severity.FATAL else ' (warning)'}" for it in heavy)
    return ", ".join(f"{count} x {rule}" if count > 1 else rule for rule, count in sorted(counts.items()))


def _valid(each: Judged) -> bool:
    return each.verdict.outcome is Outcome.VALID


def _fresh(base: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=base))


def _report(console: Console, what: str, failures: Iterable[str]) -> bool:
    failures = list(failures)
    for failure in failures[:_SHOWN]:
        console.print(f"  {failure}", markup=False, highlight=False)
    console.print(f"{what}: {len(failures) or 'none'}")
    return not failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("units", "agreement", "examples"))
    parser.add_argument("--mutations", type=int, default=2000, help="spoiled documents to compare on")
    parser.add_argument("--seed", type=int, default=0, help="number of the first spoiled document")
    options = parser.parse_args()
    corpus = Path(os.environ.get("EDID_CORPUS", PROJECT.parent / "shared" / "corpus"))
    if not corpus.is_dir():
        raise SystemExit("there is no corpus here; set EDID_CORPUS to its folder")
    console = Console(width=150)
    good = True
    with tempfile.TemporaryDirectory(prefix="edid-conformance-") as name:
        base = Path(name)
        if options.only in {None, "units"}:
            good &= _report(console, "expectations not met", units(console, corpus, base))
        if options.only in {None, "examples"}:
            good &= _report(console, "examples that should be valid and are not", examples(console, corpus, base))
        if options.only in {None, "agreement"}:
            found = agreement(console, corpus, base, options.mutations, options.seed)
            good &= _report(console, "differences", found)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
