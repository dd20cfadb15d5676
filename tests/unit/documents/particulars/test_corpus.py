"""Real invoices made elsewhere: the particulars say what the facts say."""

from __future__ import annotations

import pytest

from edid.documents import cii, ubl
from edid.documents.values import compact_day, day

FOLDERS = {"cen/ubl-examples": (ubl.read, day), "cen/cii-examples": (cii.read, compact_day)}
FOLDERS["chorus/cii"] = FOLDERS["cen/cii-examples"]
ALIKE = ("number", "type_code", "currency", "frame", "profile", "service_code", "engagement", "contract")


@pytest.mark.parametrize("folder", FOLDERS)
def test_particulars_and_facts_agree(corpus, parsed, particulars, folder):
    read, day_of = FOLDERS[folder]
    files = sorted((corpus / folder).glob("*.xml"))
    assert files
    for path in files:
        data = path.read_bytes()
        facts, it = read(parsed(data)), particulars(data)
        told = {name: getattr(it, name) and getattr(it, name).value for name in ALIKE}
        assert told == {name: getattr(facts, name) for name in ALIKE}, path.name
        assert day_of(it.issue_date.value) == facts.issue_date, path.name
        assert it.payable == facts.payable, path.name
        assert next((each.value for each in it.preceding), None) == facts.original_number, path.name
        for party, value in ((it.seller, facts.seller_id), (it.buyer, facts.buyer_id)):
            assert value is None or value in {each.value for each in party.identifiers}, path.name
        assert it.line_count
        assert it.unseen == ()


def test_every_sample_of_chorus_pro_embeds_a_zip_of_one_pdf(corpus, particulars):
    for path in sorted((corpus / "chorus/cii").glob("*.xml")):
        (supplement,) = particulars(path.read_bytes()).supplements
        assert (supplement.name.value, supplement.form, supplement.zip_members) == ("aa.pdf", "zip", ("PJP.pdf",))
        assert supplement.size > 70_000
        assert supplement.mime.value == "application/pdf"


def test_the_valideur_of_a_subcontractor_is_read(corpus, particulars):
    it = particulars((corpus / "chorus/cii/FSO1116A_P02.xml").read_bytes())
    assert [(each.value, each.scheme) for each in it.validator.identifiers] == [("24590041000292", "1")]
    assert it.validator.name.value == "Métropole européenne de Lille"
    assert (it.contract.value, it.contract_type.value) == ("CT12345", "CT")
