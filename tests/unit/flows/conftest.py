"""A sheet for tests of the flows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edid.config.sheet import SenderSheet

SheetOf = Callable[..., SenderSheet]


@pytest.fixture
def sheet_of() -> SheetOf:
    """Make a sender sheet that subscribes the given emission codes."""

    def make(*emission: str, reception: tuple[str, ...] = ()) -> SenderSheet:
        return SenderSheet.model_validate(
            {
                "kind": "sender",
                "name": "chorus-qualif",
                "platform": "chorus-pro",
                "environment": "qualification",
                "structure": {"siret": "12345678200010", "name": "Société Exemple"},
                "application_code": "ABC123",
                "interfaces": {"emission": emission, "reception": reception},
                "transport": {"protocol": "folder", "root": "/srv/partner"},
                "contact": {"name": "Service informatique", "email": "edi@example.invalid"},
            },
            context={"folder": Path("/etc/edid/sheets")},
        )

    return make
