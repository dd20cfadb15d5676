"""Whether edid says what the official rules say, on real documents made elsewhere. Prints tables: `make conformance`.

Needs the corpus (EDID_CORPUS names its folder). CEN's own rules for CII are fetched by pip; what needs them is left out
where they cannot be had, which is said. Ends with 1 when a unit of CEN is not met, a document is not judged as its
makers say, edid and an unmodified stylesheet differ anywhere, or there is no corpus. How far the shipped rules for CII
and CEN's own come to the same outcome is measured, and changes nothing in how it ends.
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

from tests.conformance import cen_cii, documents, two_cii  # noqa: E402
from tests.conformance.agreement import Comparison, compared  # noqa: E402
from tests.conformance.units import Unit, cii_units, ubl_units, unmet  # noqa: E402
from tests.conformance.units import judged as judged_units  # noqa: E402
from tests.conformance.whole import LABELS, Judged, Label, judged, mislabelled  # noqa: E402

_AT_ONCE = 400
"""Documents that are compared in one go: their answers are held in memory."""
_SHOWN = 20
_LONGEST = 400
"""Disagreements that are shown, and the most characters of one."""
_UNITS = {"EN16931-UBL": (ubl_units, 1131), "EN16931-CII": (cii_units, 9)}
"""CEN's unit documents by the pack that must judge them as stated, and how many there are."""
_CEN_CII = Label("cen/cii-examples", "en16931", 15, cen_cii.NAME)


def units(console: Console, corpus: Path, base: Path) -> list[str]:
    """Judge CEN's unit documents rule by rule; return the expectations that are not met."""
    missed = []
    title = "CEN's unit documents, rule by rule, judged by edid"
    table = Table("file", "documents", "expectations", "to be broken", "to be kept", "not met", "met", title=title)
    start = time.perf_counter()
    for pack, (read, count) in _UNITS.items():
        stated = read(corpus)
        if len(stated) != count:
            missed.append(f"there are {len(stated)} unit documents for {pack} here, not {count}")
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
    console.print(f"{time.perf_counter() - start:.1f} s")
    return missed


def _add_units(table: Table, name: str, stated: Sequence[Unit], failed: dict[str, list[str]]) -> None:
    wanted = [each for unit in stated for each in unit.expectations]
    broken = sum(each.broken for each in wanted)
    bad = sum(len(failed[unit.name]) for unit in stated)
    met = f"{1 - bad / len(wanted):.1%}" if wanted else "-"
    table.add_row(name, *map(str, (len(stated), len(wanted), broken, len(wanted) - broken, bad)), met)


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
    """Judge whole documents as they are labelled; return those whose label is not met."""
    wrong: list[str] = []
    table = Table("documents", "profile", "of them", "verdicts", "not as labelled", title="Whole documents as labelled")
    for label in LABELS:
        found = judged((corpus / label.folder).glob("*.xml"), label.profile, _fresh(base))
        missed = list(mislabelled(label, found))
        table.add_row(label.folder, label.profile, str(len(found)), _outcomes(found), str(len(missed)))
        wrong += missed
    if stylesheet := cen_cii.fetched(base / "cen-cii"):
        packs = cen_cii.catalogue_with(stylesheet)
        found = judged((corpus / _CEN_CII.folder).glob("*.xml"), _CEN_CII.profile, _fresh(base), packs=packs)
        missed = list(mislabelled(_CEN_CII, found))
        table.add_row(
            f"{_CEN_CII.folder} (CEN's file)", _CEN_CII.profile, str(len(found)), _outcomes(found), str(len(missed))
        )
        wrong += missed
    else:
        console.print("CEN's own rules for CII cannot be fetched: its examples are judged by the shipped ones only.")
    console.print(table)
    return wrong


def _outcomes(found: Sequence[Judged]) -> str:
    counts = Counter(str(each.verdict.outcome) for each in found)
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))


def cii(console: Console, corpus: Path, base: Path, mutations: int, seed: int) -> None:
    """Show how far the shipped rules for CII and CEN's own file come to the same outcome; a measurement, no promise."""
    stylesheet = cen_cii.fetched(base / "cen-cii")
    if stylesheet is None:
        console.print("CEN's own rules for CII cannot be fetched: no comparison with the shipped ones.")
        return
    folder = _fresh(base)
    whole = list((corpus / _CEN_CII.folder).glob("*.xml"))
    spoiled = documents.spoiled(corpus, folder, mutations, seed, (_CEN_CII.folder,))
    heads = ("documents", "refused by schema", "both valid", "both invalid", "broke off", "shipped alone refuse")
    table = Table("CII invoices", *heads, "CEN alone refuses", "agreement", title="The shipped rules for CII and CEN's")
    reasons = Table("refused by", "for", "documents", title="Where they differ, on spoiled documents")
    for name, paths in (("CEN's examples", whole), (f"the same, spoiled (seed {seed})", spoiled)):
        found = two_cii.compared(paths, _fresh(base), stylesheet)
        counts = (len(paths), found.by_schema, found.valid, found.invalid, found.broke_off)
        differing = (found.too_strict.total(), found.too_lax.total())
        table.add_row(name, *map(str, (*counts, *differing)), f"{found.share:.1%}")
        for who, rules in (("the shipped rules", found.too_strict), ("CEN's file", found.too_lax)):
            for rule, count in rules.most_common():
                reasons.add_row(who, rule, str(count))
    console.print(table)
    console.print(reasons)


def _fresh(base: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=base))


def _report(console: Console, what: str, failures: Iterable[str]) -> bool:
    failures = list(failures)
    for failure in failures[:_SHOWN]:
        console.print(f"  {failure[:_LONGEST]}", markup=False, highlight=False)
    console.print(f"{what}: {len(failures) or 'none'}")
    return not failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("units", "examples", "agreement", "cii"))
    parser.add_argument("--mutations", type=int, default=600, help="spoiled documents to compare on")
    parser.add_argument("--seed", type=int, default=0, help="number of the first spoiled document")
    options = parser.parse_args()
    corpus = Path(os.environ.get("EDID_CORPUS", PROJECT.parent / "shared" / "corpus"))
    if not corpus.is_dir():
        raise SystemExit(f"nothing was compared: there is no corpus at {corpus}; set EDID_CORPUS to its folder")
    console = Console(width=160)
    good = True
    with tempfile.TemporaryDirectory(prefix="edid-conformance-") as name:
        base = Path(name)
        if options.only in {None, "units"}:
            good &= _report(console, "expectations not met", units(console, corpus, base))
        if options.only in {None, "examples"}:
            good &= _report(console, "documents not judged as labelled", examples(console, corpus, base))
        if options.only in {None, "agreement"}:
            found = agreement(console, corpus, base, options.mutations, options.seed)
            good &= _report(console, "differences", found)
        if options.only in {None, "cii"}:
            cii(console, corpus, base, options.mutations, options.seed)
    console.print("edid agrees with the official rules." if good else "edid DIFFERS from the official rules.")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
