"""The company and the partners of the acceptance tests."""

from __future__ import annotations

from tests.acceptance.conftest import company, openssh, partner

__all__ = ["company", "openssh", "partner"]
