"""Our own XSDs say what AIFE's say: on real files, on full documents and on thousands of broken copies."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lxml import etree

from edid import resources

ROUNDS = 600
PIVOTS_BEFORE_2022 = ("CPPFacturePivot_V1_20.xsd", "CPPFacturePivot_V1_21.xsd", "CPPFacturePivot_V1_22.xsd")


def ours(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(resources.folder("schemas") / name))


def theirs(corpus: Path, name: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(corpus / "chorus" / "xsd" / name))


def originals(corpus: Path, folder: str, messages: dict[str, etree._Element]) -> list[etree._Element]:
    made = ("flow-status", "invoice-status") if folder == "statut" else ("pivot", "old-pivot")
    real = [etree.parse(path).getroot() for path in sorted((corpus / "chorus" / folder).glob("*.xml"))]
    assert real
    return [*real, *(messages[name] for name in made)]


def each_optional_part(root: etree._Element):
    """Yield the document without each of its elements in turn, then with each of them twice."""
    for position in range(1, len(list(root.iter("*")))):
        for keep in (False, True):
            copy = etree.fromstring(etree.tostring(root))
            node = list(copy.iter("*"))[position]
            if keep:
                node.addnext(etree.fromstring(etree.tostring(node, with_tail=False)))
            else:
                node.getparent().remove(node)
            yield copy


CASES = [
    ("statut", "CPPStatut_V1_19.xsd", "CPPStatutPivot_V1_19.xsd"),
    ("pivot", "CPPFacturePivot_V2_02.xsd", "CPPFacturePivot_V2_02.xsd"),
]


@pytest.mark.parametrize(("folder", "mine", "oracle"), CASES)
def test_real_and_full_documents_are_valid_for_both(corpus, messages, folder, mine, oracle):
    schema, judge = ours(mine), theirs(corpus, oracle)
    for root in originals(corpus, folder, messages):
        assert judge.validate(root), judge.error_log
        assert schema.validate(root), schema.error_log


@pytest.mark.parametrize(("folder", "mine", "oracle"), CASES)
def test_both_agree_on_which_part_may_be_absent_or_repeated(corpus, messages, folder, mine, oracle):
    schema, judge = ours(mine), theirs(corpus, oracle)
    names = ("flow-status", "invoice-status") if folder == "statut" else ("pivot",)
    for name in names:
        for root in each_optional_part(messages[name]):
            assert schema.validate(root) == judge.validate(root), judge.error_log or schema.error_log


@pytest.mark.parametrize(("folder", "mine", "oracle"), CASES)
def test_both_agree_on_broken_copies(corpus, messages, mutate, folder, mine, oracle):
    schema, judge = ours(mine), theirs(corpus, oracle)
    rng = random.Random(f"{folder} 2026")
    verdicts = []
    for root in originals(corpus, folder, messages):
        for _ in range(ROUNDS):
            tree = mutate(root, rng)
            verdicts.append(judge.validate(tree))
            assert schema.validate(tree) == verdicts[-1], etree.tostring(tree)[:3000]
    assert len(verdicts) >= 4 * ROUNDS
    assert 0.1 < sum(verdicts) / len(verdicts) < 0.9, "the copies must be neither all valid nor all broken"


def test_what_any_version_before_2022_takes_the_family_schema_takes(corpus, messages, mutate):
    schema = ours("CPPFacturePivot_V1_22.xsd")
    judges = [theirs(corpus, name) for name in PIVOTS_BEFORE_2022]
    rng = random.Random("before 2022")
    refused = 0
    for root in originals(corpus, "pivot", messages):
        for _ in range(ROUNDS // 2):
            tree = mutate(root, rng)
            known = any(judge.validate(tree) for judge in judges)
            refused += not known
            assert schema.validate(tree) == known, etree.tostring(tree)[:3000]
    assert refused


@pytest.mark.parametrize(("frame", "old", "new"), [("A11", True, False), ("A22", True, True), ("A26", False, False)])
def test_the_frame_a11_belongs_to_the_old_versions(messages, frame, old, new):
    root = etree.fromstring(etree.tostring(messages["old-pivot"]))
    root.find(".//Cadre").text = frame
    assert ours("CPPFacturePivot_V1_22.xsd").validate(root) is old
    assert ours("CPPFacturePivot_V2_02.xsd").validate(root) is new


@pytest.mark.parametrize("name", ["CPPStatut_V1_19.xsd", "CPPFacturePivot_V2_02.xsd", "CPPFacturePivot_V1_22.xsd"])
def test_a_fragment_is_not_a_document(messages, name):
    assert not ours(name).validate(messages["pivot"].find("Enveloppe"))
