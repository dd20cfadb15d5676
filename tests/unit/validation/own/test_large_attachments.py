"""Chorus Pro: the sizes of attachments in documents that are too large for a tree."""

from __future__ import annotations

import base64

import pytest

from edid.config.settings import Limits
from edid.validation.judging import judge_file
from edid.validation.own.chorus import attachments
from edid.validation.standard import Standard
from edid.validation.verdict import PARTLY_READ, Outcome

MB = 1000**2


@pytest.fixture
def judged(tmp_path, rules):
    """Judge bytes by CHORUS-PRO alone; say which rules were broken, as `rules` does."""

    def of(data: bytes) -> tuple[Outcome, dict[str, str]]:
        path, work = tmp_path / "invoice.xml", tmp_path / "work"
        path.write_bytes(data)
        work.mkdir(exist_ok=True)
        limits = Limits(rules_size="50MB")
        verdict = judge_file(path, work, limits, standard=Standard(packs=("CHORUS-PRO",))).verdict
        return verdict.outcome, rules(verdict.findings)

    return of


def heavy(zipped, size: int) -> bytes:
    """A zip of one file with bytes before it: self-extracting ones are such."""
    return b"PK\x03\x04" + bytes(size - len(zipped("a.pdf")) - 4) + zipped("a.pdf")


@pytest.mark.parametrize("encode", [base64.b64encode, base64.encodebytes])
def test_an_attachment_of_11_mb_is_a_warning(draft, judged, zipped, encode):
    draft.attach("a.pdf", encode(heavy(zipped, 11 * MB)).decode())
    outcome, found = judged(draft.bytes())
    assert outcome is Outcome.VALID
    assert found == {"CPP-ATTACHMENT-SIZE": "warning", PARTLY_READ: "information"}  # the list of files in the zip


def test_an_attachment_just_within_the_limit_is_none(draft, judged, zipped):
    draft.attach("a.pdf", heavy(zipped, attachments.LARGE))
    assert judged(draft.bytes())[1] == {PARTLY_READ: "information"}
    draft.attach("b.pdf", heavy(zipped, attachments.LARGE + 1))
    assert judged(draft.bytes())[1] == {"CPP-ATTACHMENT-SIZE": "warning", PARTLY_READ: "information"}


def test_an_attachment_above_100_mb_is_refused_in_a_large_document(draft, judged, zipped, monkeypatch):
    monkeypatch.setattr(attachments, "LARGEST", 3 * MB)
    monkeypatch.setattr(attachments, "LARGE", 2 * MB)
    draft.attach("a.pdf", heavy(zipped, 3 * MB + 1))
    outcome, found = judged(draft.bytes())
    assert outcome is Outcome.INVALID
    assert found["CPP-ATTACHMENT-SIZE"] == "fatal"


def test_large_attachments_are_added_up(draft, judged, zipped, monkeypatch):
    monkeypatch.setattr(attachments, "LARGEST_TOTAL", 6 * MB)
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        draft.attach(name, heavy(zipped, 2 * MB))
    assert "CPP-ATTACHMENTS-TOTAL" not in judged(draft.bytes())[1]
    draft.attach("d.pdf", zipped("a.pdf"))
    assert judged(draft.bytes())[1]["CPP-ATTACHMENTS-TOTAL"] == "warning"


def test_a_large_file_that_is_no_zip_is_checked_completely(draft, judged):
    draft.attach("a.pdf", b"%PDF-1.7" + bytes(11 * MB))
    assert judged(draft.bytes())[1] == {"CPP-ATTACHMENT-SIZE": "warning", "CPP-ATTACHMENT-ZIP": "warning"}


def test_an_attachment_is_checked_where_nothing_may_be_shortened(draft, judged, zipped):
    draft.attach("a.pdf", heavy(zipped, 11 * MB))
    text = '<?xml version="1.0" encoding="utf-16"?>' + draft.bytes().decode()
    assert judged(text.encode("utf-16"))[1] == {"CPP-ATTACHMENT-SIZE": "warning"}


def test_an_attachment_is_checked_in_a_small_document(draft, judged, zipped, monkeypatch):
    monkeypatch.setattr(attachments, "LARGE", MB)
    draft.attach("a.pdf", heavy(zipped, MB + 1))
    assert judged(draft.bytes())[1] == {"CPP-ATTACHMENT-SIZE": "warning"}
