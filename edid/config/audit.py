"""The part of edid.yaml about the audit trail: how long originals are kept, and who else knows the chain's head."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from edid.config.base import Section
from edid.config.transport import SecretRef
from edid.config.values import Allowed, ConfigPath

Years = Annotated[int, Field(ge=1, le=100), Allowed("a whole number of years from 1 to 100")]
InvoiceYears = Annotated[int, Field(ge=6, le=100), Allowed("a whole number of years from 6 to 100")]


class Retention(Section):
    """For how many years the bytes are kept; null: for ever.

    Counted from the end of the accounting year in which something last happened to them. Events and hashes are always
    kept, and nothing is removed without a command.
    """

    invoices: InvoiceYears | None = 10
    """Invoices and credit notes, and the files and flows that held them. French law: six years for the tax
    administration (LPF, L102 B), ten for the accounts (code de commerce, L123-22)."""
    messages: Years | None = 10
    """Lifecycle messages, and the flows that brought or carried statuses and reports."""
    others: Years | None = 10
    """Everything else: refused files, and what was not understood."""


class Anchor(Section):
    """Where the newest hash of the chain is noted once a day.

    So even whoever owns the database cannot rewrite the past unseen.
    """

    folder: ConfigPath | None = None
    """The folder of the notes, best on another machine or on storage that is written once. null: none are made."""
    key: SecretRef | None = None
    """Ed25519 private key (PEM or OpenSSH form, without passphrase) that signs each note. null: not signed."""


class Audit(Section):
    """The audit trail: how long the bytes are kept, and who else knows where the chain of events ends."""

    year_ends: int = Field(default=12, ge=1, le=12)
    """The month with which the accounting year ends, 1 to 12."""
    retention: Retention = Retention()
    anchor: Anchor = Anchor()
