"""From a canonical status to the code that says it, and back."""

from __future__ import annotations

import pytest

from edid.lifecycle.messages.codes import CDAR_CODES, RECIPIENT_CODES, code_of
from edid.lifecycle.statuses import interpret


@pytest.mark.parametrize(
    ("dialect", "code"),
    [*(("cdar", code) for code in CDAR_CODES), *(("cpp-statut", code) for code in sorted(RECIPIENT_CODES))],
)
def test_every_code_that_we_write_has_a_canonical_status_of_its_own(dialect, code):
    canonical = interpret(code, dialect).canonical
    assert canonical is not None
    assert code_of(canonical, dialect) == code


@pytest.mark.parametrize("canonical", ["NON_CONFORME", "BROUILLON", "INCONNU", ""])
def test_a_status_without_a_sure_number_has_none(canonical):
    assert code_of(canonical, "cpp-statut") is None
    assert code_of("REJETEE", "no-such-numbering") is None
