"""The contract with broken partners, row by row, as docs/partners.md has it."""

from __future__ import annotations

from tests.integration.partners.account import ACCOUNT
from tests.integration.partners.delivery import DELIVERY
from tests.integration.partners.reception import LISTING, RECEPTION

CONTRACT = [*ACCOUNT, *DELIVERY, *RECEPTION, *LISTING]
