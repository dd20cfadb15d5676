"""Chorus Pro: the files embedded in the invoice."""

from __future__ import annotations

import pytest

from edid.validation.own.chorus import attachments


def test_a_zip_of_one_file_is_what_chorus_pro_takes(draft, zipped):
    draft.attach("devis.pdf", zipped("anything.pdf"))
    draft.attach("plan.PNG", zipped("plan.png"))
    assert draft.findings() == []


def test_an_attachment_without_name_is_refused_at_its_place(draft, zipped):
    draft.attach(None, zipped("a.pdf"))
    (finding,) = draft.findings()
    assert (finding.rule, str(finding.severity)) == ("CPP-ATTACHMENT-NAME", "fatal")
    assert finding.path.endswith("Document") or finding.path.endswith("DocumentReference")


def test_a_long_name_is_a_warning_as_chorus_pro_only_cuts_it(draft, rules, zipped):
    draft.attach("n" * 46 + ".pdf", zipped("a.pdf"))
    assert draft.findings() == []
    draft.attach("n" * 47 + ".pdf", zipped("a.pdf"))
    assert rules(draft.findings()) == {"CPP-ATTACHMENT-NAME-LENGTH": "warning"}


@pytest.mark.parametrize("name", ["devis", "devis.exe", "devis.", ".pdf", "devis.pdf/x"])
def test_an_extension_that_is_not_listed_is_a_warning(draft, rules, zipped, name):
    draft.attach(name, zipped("a.pdf"))
    assert rules(draft.findings()) == {"CPP-ATTACHMENT-EXTENSION": "warning"}


def test_an_attachment_above_10_mb_is_a_warning_and_above_100_mb_is_refused(draft, rules, zipped, monkeypatch):
    draft.attach("a.pdf", zipped("a.pdf"))
    monkeypatch.setattr(attachments, "LARGE", 20)
    assert rules(draft.findings()) == {"CPP-ATTACHMENT-SIZE": "warning"}
    monkeypatch.setattr(attachments, "LARGEST", 30)
    assert rules(draft.findings()) == {"CPP-ATTACHMENT-SIZE": "fatal"}


def test_attachments_above_120_mb_together_are_a_warning(draft, rules, zipped, monkeypatch):
    draft.attach("a.pdf", zipped("a.pdf"))
    monkeypatch.setattr(attachments, "LARGEST_TOTAL", len(zipped("a.pdf")) * 2 - 1)
    assert draft.findings() == []
    draft.attach("b.pdf", zipped("a.pdf"))
    assert rules(draft.findings()) == {"CPP-ATTACHMENTS-TOTAL": "warning"}


def test_the_limits_are_those_of_the_texts():
    assert (attachments.LARGEST, attachments.LARGE, attachments.LARGEST_TOTAL) == (10**8, 10**7, 120 * 10**6)


@pytest.mark.parametrize("content", ["", "  \n "])
def test_an_empty_attachment_is_refused(draft, rules, content):
    draft.attach("a.pdf", content)
    assert rules(draft.findings()) == {"CPP-ATTACHMENT-EMPTY": "fatal"}


@pytest.mark.parametrize("content", ["UEsDB", "UEsD&BA=", "JVBE=Ri0x", "====", "JVBÉRi0x", "not base64 at all!"])
def test_a_broken_attachment_is_refused(draft, rules, content):
    draft.attach("a.pdf", content)
    assert rules(draft.findings()) == {"CPP-ATTACHMENT-BASE64": "fatal"}


@pytest.mark.parametrize("content", [b"%PDF-1.7 ...", b"<?xml version='1.0'?><a/>", b"\x89PNG\r\n", b"\x1f\x8b\x08"])
def test_a_file_that_is_not_in_a_zip_is_a_warning(draft, rules, content):
    draft.attach("a.pdf", content)
    assert rules(draft.findings()) == {"CPP-ATTACHMENT-ZIP": "warning"}


@pytest.mark.parametrize("names", [(), ("a.pdf", "b.pdf"), ("folder/",)])
def test_a_zip_holds_one_file(draft, rules, zipped, names):
    draft.attach("a.pdf", zipped(*names))
    assert rules(draft.findings()) == {"CPP-ATTACHMENT-ZIP": "warning"}


def test_a_zip_with_its_folder_holds_one_file(draft, zipped):
    draft.attach("a.pdf", zipped("folder/", "folder/a.pdf"))
    assert draft.findings() == []


def test_a_damaged_zip_is_a_warning(draft, rules, zipped):
    draft.attach("a.pdf", zipped("a.pdf")[:-10])
    assert rules(draft.findings()) == {"CPP-ATTACHMENT-ZIP": "warning"}


def test_two_attachments_with_the_same_name_are_a_warning(draft, rules, zipped):
    draft.attach("a.pdf", zipped("a.pdf"))
    draft.attach("A.PDF", zipped("b.pdf"))
    assert rules(draft.findings()) == {"CPP-ATTACHMENT-DUPLICATE": "warning"}


def test_a_reference_that_embeds_nothing_is_no_attachment(draft):
    draft.write("attachment", "see our letter of last week")
    assert draft.findings() == []
