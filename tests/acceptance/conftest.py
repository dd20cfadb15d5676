"""A company with its configuration and daemon, and partners to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.company import Company
from tests.acceptance.partner_side import emptied
from tests.partners.openssh import OpenSshPartner, openssh

__all__ = ["openssh"]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """A company without sheets; its daemons are killed at the end."""
    company = Company(tmp_path / "company")
    yield company
    company.kill_all()


@pytest.fixture(scope="module")
def company_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company whose one run serves every test of a module."""
    company = Company(tmp_path_factory.mktemp("company") / "company")
    yield company
    company.kill_all()


@pytest.fixture
def partner(openssh: OpenSshPartner) -> OpenSshPartner:
    """The OpenSSH server with empty folders and an empty journal."""
    return emptied(openssh)


@pytest.fixture(scope="module")
def partner_of_module(openssh: OpenSshPartner) -> OpenSshPartner:
    """The same, emptied once for a module."""
    return emptied(openssh)


@pytest.fixture(scope="module")
def started() -> Iterator[Callable[..., OpenSshPartner]]:
    """Start further OpenSSH partners; all are removed at the end of the module."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(OpenSshPartner.started(**options))
