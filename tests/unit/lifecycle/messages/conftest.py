"""An invoice about which statuses are given."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from edid.documents.kinds import Facts

AT = datetime(2026, 7, 2, 22, 30, 15, tzinfo=UTC)


@pytest.fixture(scope="session")
def at() -> datetime:
    """Half past midnight in France, the day after in UTC's calendar."""
    return AT


@pytest.fixture(scope="session")
def facts() -> Facts:
    return Facts(
        number="F-2026/042",
        issue_date=date(2026, 7, 1),
        type_code="380",
        currency="EUR",
        seller_name="Établissements Çà & Là",
        seller_id="10000000900015",
        seller_scheme="0009",
        buyer_name="Mairie",
        buyer_id="20000000800018",
        buyer_scheme="0009",
        service_code="ACHATS",
    )
