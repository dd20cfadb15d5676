"""A sheet (fiche EDI): one connection to one platform in one environment, as sender or as receiver.

Fields follow what official texts say the form holds (knowledge: chorus_pro_edi section 4); what no text
settles is a setting here, never a guess in the code.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edid.config.base import Section
from edid.config.transport import TransportSettings
from edid.config.values import ApplicationCode, Duration, InterfaceCode, Siret, Size

SHEET_NAME = r"^[a-z0-9][a-z0-9_-]{0,63}$"


class Structure(Section):
    """The company that owns the connection."""

    siret: Siret
    name: str = Field(min_length=1)


class Contact(Section):
    """Who the platform calls about this connection."""

    name: str = Field(min_length=1)
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    phone: str | None = None


class Certificate(Section):
    """The certificate declared on the platform's form; edid reads its end date only."""

    file: Path | None = None
    """PEM, DER or PKCS#7 file of the public part."""
    ends_on: date | None = None
    """Last day of validity, where there is no file to read it from."""


class Interfaces(Section):
    """Principal interface codes subscribed on the form; the secondary ones follow by themselves."""

    emission: tuple[InterfaceCode, ...] = ()
    """What we send: FSO...."""
    reception: tuple[InterfaceCode, ...] = ()
    """What we receive: FEN...., CSO.... ."""


class Batch(Section):
    """When documents that wait for the same interface leave, and how many go in one flow."""

    max_documents: int = Field(default=1, ge=1, le=10_000)
    """1: every document is a flow of its own. More: documents that are ready together share a tar.gz."""
    max_bytes: Size = Field(default=1000**3)
    wait: Duration = timedelta(seconds=0)
    """How long the oldest document waits for company while the batch is not full."""


class Intake(Section):
    """How edid knows that the ERP has finished a file."""

    readiness: Literal["settled", "renamed", "marker"] = "settled"
    """settled: unchanged for `settle` and, where the kernel can tell, open for writing by nobody. renamed:
    the name no longer matches a temporary pattern. marker: name+marker was dropped after it."""
    settle: Duration = timedelta(seconds=2)
    temporary: tuple[str, ...] = ("*.tmp", "*.part", ".*")
    """Names that are not finished yet, as shell patterns."""
    marker: str = Field(default=".ok", pattern=r"^[A-Za-z0-9._~-]+$")
    subfolders: bool = False
    """Also take files from folders inside the drop folder."""


class Poll(Section):
    """When the partner's out folder is read."""

    every: Duration | None = timedelta(minutes=5)
    cron: str | None = Field(default=None, pattern=r"^\S+( \S+){4}$")
    """Five cron fields, in UTC, instead of `every`."""
    windows: tuple[
        Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")], ...
    ] = ()
    """Hours (UTC) when polling is allowed, such as 06:00-20:00. Empty: always."""
    jitter: Duration = timedelta(seconds=10)

    @model_validator(mode="before")
    @classmethod
    def _cron_replaces_every(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("cron") is not None:
            if data.get("every") is not None:
                raise ValueError("give 'every' or 'cron', not both")
            return {**data, "every": None}
        return data

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.every is None and self.cron is None:
            raise ValueError("give 'every' or 'cron'")
        return self


class AfterFetch(Section):
    """What is done on the partner's side once a fetched file is safe in the journal."""

    action: Literal["none", "delete", "move"] = "none"
    """none: for servers that offer a file once and forbid manipulation, such as Chorus Pro."""
    folder: str = "archive"
    """Where `move` puts the file, on the partner's side."""


class Retry(Section):
    """How a failed exchange is repeated; only failures that can heal by themselves are."""

    first: Duration = timedelta(seconds=5)
    factor: float = Field(default=2.0, ge=1.0, le=10.0)
    longest: Duration = timedelta(minutes=30)
    jitter: float = Field(default=0.2, ge=0.0, le=1.0)
    """Random share added to or taken from each delay."""


class _Sheet(Section):
    name: str = Field(pattern=SHEET_NAME)
    """Name of the sheet, its file and its folder in the spool."""
    platform: Literal["chorus-pro", "pa", "generic"]
    environment: Literal["qualification", "production"]
    enabled: bool = True
    """False: files stay where they are, nothing is fetched."""
    structure: Structure
    application_code: ApplicationCode
    """Code application: 6 characters that the platform assigns to the connection."""
    interfaces: Interfaces
    transport: TransportSettings
    certificate: Certificate = Certificate()
    contact: Contact
    ends_on: date | None = None
    """Day on which the platform deactivates the connection."""
    poll: Poll = Poll()
    after_fetch: AfterFetch = AfterFetch()
    retry: Retry = Retry()
    profile: Literal["xsd-only"] = "xsd-only"
    """Which checks a document must pass."""


class SenderSheet(_Sheet):
    """Fiche EDI emetteur: invoices leave, reports and statuses come back."""

    kind: Literal["sender"]
    batch: Batch = Batch()
    strip_extension: bool = True
    """Remove .xml or .tar.gz from the name of the flow before it is transferred (rule of 2017)."""
    intake: Intake = Intake()

    @model_validator(mode="after")
    def _sends_something(self) -> Self:
        if not self.interfaces.emission:
            raise ValueError("a sender sheet subscribes at least one interface code in interfaces.emission")
        return self


class ReceiverSheet(_Sheet):
    """Fiche EDI recepteur: invoices arrive and are filed."""

    kind: Literal["receiver"]


Sheet = Annotated[SenderSheet | ReceiverSheet, Field(discriminator="kind")]
