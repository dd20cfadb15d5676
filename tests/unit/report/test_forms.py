"""Every form renders the same documents."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edid.report.forms import Form, render
from tests.unit.report.verdicts import hostile

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("form", Form)
def test_every_form_names_every_document_and_can_be_written(form, everything):
    text = render(form, [*everything, hostile()], language="fr", at=AT)
    assert all(item.name in text for item in everything)
    assert text.endswith("\n")
    assert text.encode()


@pytest.mark.parametrize("form", Form)
def test_the_same_documents_at_the_same_time_give_the_same_report(form, everything):
    assert render(form, everything, language="en", at=AT) == render(form, everything, language="en", at=AT)


@pytest.mark.parametrize("form", [Form.JSON, Form.SARIF, Form.JUNIT, Form.HTML])
def test_the_time_of_judging_is_told(form, everything):
    assert "2026-11-23T08:00:00.000Z" in render(form, everything, language="en", at=AT)
