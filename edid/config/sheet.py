"""A sheet (fiche EDI): one connection to one platform in one environment, as sender or as receiver.

Fields follow what official texts say the form holds (AIFE, Dossier de specifications externes Chorus Pro
v1.0, 5.3; Dossier general v3.2, 3.3.4-3.3.6); what no text settles is a setting here, never a guess.
"""

from __future__ import annotations

import fnmatch
from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from edid.config.alerts import AlertDelays
from edid.config.answers import Answers
from edid.config.base import Section
from edid.config.filing import Filing
from edid.config.lifecycle import LifecycleSettings
from edid.config.routing import Routing
from edid.config.transport import Suffix, TransportSettings
from edid.config.validation import Validation
from edid.config.values import (
    Allowed,
    ApplicationCode,
    ConfigPath,
    Duration,
    EmissionCode,
    Period,
    ReceptionCode,
    Siret,
    Size,
)

SHEET_NAME = r"^[a-z0-9][a-z0-9_-]{0,63}$"


def _cron(value: str) -> str:
    from apscheduler.triggers.cron import CronTrigger

    try:
        CronTrigger.from_crontab(value)
    except ValueError:
        raise ValueError("not a cron expression") from None
    return value


Cron = Annotated[
    str,
    AfterValidator(_cron),
    Allowed("minute, hour, day, month and weekday, such as '*/10 6-20 * * mon-fri'"),
]
Window = Annotated[
    str,
    Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Allowed("HH:MM-HH:MM between quotes, such as '06:00-20:00'"),
]


class Structure(Section):
    """The company that owns the connection."""

    siret: Siret = Field(examples=["12345678200010"])
    """SIRET that the platform knows the connection by."""
    name: str = Field(min_length=1, examples=["Société Exemple"])
    """Name of the company, for people."""


class Contact(Section):
    """Who the platform calls about this connection."""

    name: str = Field(min_length=1, examples=["Service informatique"])
    """A person or a team."""
    email: Annotated[
        str,
        Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", examples=["edi@example.invalid"]),
        Allowed("an e-mail address"),
    ]
    """Where that person or team is written to."""
    phone: str | None = None
    """Where that person or team is called."""


class Certificate(Section):
    """The certificate declared on the platform's form; edid reads its end date only."""

    file: ConfigPath | None = None
    """PEM, DER or PKCS#7 file of the public part."""
    ends_on: date | None = None
    """Last day of validity, where there is no file to read it from."""


class Interfaces(Section):
    """Principal interface codes subscribed on the form; the secondary ones follow by themselves."""

    emission: tuple[EmissionCode, ...] = ()
    """What we send: FSO...."""
    reception: tuple[ReceptionCode, ...] = ()
    """What we receive: FEN...., CSO...."""


class Batch(Section):
    """When documents that wait for the same interface leave, and how many go in one flow."""

    max_documents: int = Field(default=1, ge=1, le=10_000)
    """1: every document is a flow of its own. More: documents that are ready together share a tar.gz."""
    max_bytes: Size = 1000**3
    """Most bytes of documents in one flow."""
    wait: Duration = timedelta(seconds=0)
    """How long the oldest document waits for company while the batch is not full."""


class Intake(Section):
    """How edid knows that the ERP has finished a file."""

    readiness: Literal["settled", "renamed", "marker"] = "settled"
    """settled: unchanged for `settle` and, where the kernel can tell, open for writing by nobody. renamed:
    the name no longer matches a temporary pattern. marker: name+marker was dropped after it."""
    settle: Duration = timedelta(seconds=2)
    """How long size and time must stay unchanged before a file counts as finished. A program that closes a file and
    comes back later than this needs `renamed` or `marker`: see docs/intake.md."""
    temporary: tuple[str, ...] = ("*.tmp", "*.part", ".*")
    """Names that are not finished yet, as shell patterns."""
    marker: Suffix = ".ok"
    """Suffix of the file that says: finished (readiness marker)."""
    subfolders: bool = False
    """Also take files from folders inside the drop folder."""

    @model_validator(mode="after")
    def _marker_can_be_seen(self) -> Self:
        name = f"x{self.marker}".lower()
        if self.readiness == "marker" and any(fnmatch.fnmatchcase(name, each.lower()) for each in self.temporary):
            raise ValueError("the marker matches a temporary name and would never be seen")
        return self


class Poll(Section):
    """When the partner's out folder is read."""

    every: Period | None = timedelta(minutes=5)
    """Time from one poll to the next."""
    cron: Cron | None = None
    """Five cron fields, in UTC, instead of `every`. Write weekdays as names: mon-fri."""
    windows: tuple[Window, ...] = ()
    """Hours (UTC) when polling is allowed. Empty: always."""
    jitter: Duration = timedelta(seconds=10)
    """Each poll comes up to this much later, so that partners are not all called at once."""

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
        for window in self.windows:
            start, end = window.split("-")
            if start == end:
                raise ValueError(f"the window {window} is never open; leave windows empty to poll at any hour")
        return self


class AfterFetch(Section):
    """What is done on the partner's side once a fetched file is safe in the journal."""

    action: Literal["none", "delete", "move"] = "none"
    """none: for servers that offer a file once and forbid manipulation, such as Chorus Pro."""
    folder: str = "archive"
    """Where `move` puts the file, on the partner's side."""


class Retry(Section):
    """How a failed exchange is repeated; only failures that can heal by themselves are."""

    first: Period = timedelta(seconds=5)
    """Delay before the first repetition."""
    factor: float = Field(default=2.0, ge=1.0, le=10.0)
    """Each delay is this many times the one before."""
    longest: Period = timedelta(minutes=30)
    """No delay is longer, unless the partner refuses us."""
    refused: Period = timedelta(minutes=15)
    """Delay after the partner refused our login, host key, folder or right. Trying often may lock the account."""
    failures: int = Field(default=3, ge=1, le=100)
    """After so many failures in a row the partner is left alone, and one attempt at a time finds out whether it is
    well again. A refusal counts as that many."""
    tries: int = Field(default=10, ge=1, le=1000)
    """A flow that failed so often while others got through is held for a person. See: edid held."""
    jitter: float = Field(default=0.2, ge=0.0, le=1.0)
    """Random share added to or taken from each delay."""


class BaseSheet(Section):
    """What both kinds of sheet have in common."""

    name: Annotated[
        str,
        Field(pattern=SHEET_NAME),
        Allowed("1 to 64 small letters, digits, dashes or underscores, starting with a letter or digit"),
    ]
    """Name of the sheet, its file and its folder in the spool."""
    kind: Literal["sender", "receiver"]
    """A sender sheet (fiche EDI émetteur) or a receiver sheet (fiche EDI récepteur)."""
    platform: Literal["chorus-pro", "pa", "generic"] = Field(examples=["chorus-pro"])
    """Chorus Pro, a plateforme agréée, or any other partner."""
    environment: Literal["qualification", "production"] = Field(examples=["qualification"])
    """Each environment of a platform has its own sheet."""
    enabled: bool = True
    """False: files stay where they are, nothing is fetched."""
    structure: Structure
    application_code: ApplicationCode = Field(examples=["AAA123"])
    """Code application: 6 characters that the platform assigns to the connection."""
    interfaces: Interfaces
    transport: TransportSettings
    """How the partner is reached: over SFTP, or through a folder of this machine (protocol: folder)."""
    certificate: Certificate = Certificate()
    contact: Contact
    ends_on: date | None = None
    """Day on which the platform deactivates the connection."""
    intake: Intake = Intake()
    """How edid knows that the ERP has finished a file."""
    poll: Poll = Poll()
    after_fetch: AfterFetch = AfterFetch()
    strip_extension: bool = True
    """Remove .xml or .tar.gz from the name of the flow before it is transferred (rule of 2017)."""
    retry: Retry = Retry()
    validation: Validation = Validation()
    """Which checks a document must pass, and how heavy they weigh."""
    answers: Answers = Answers()
    """How the ERP is told what became of its documents."""
    lifecycle: LifecycleSettings = LifecycleSettings()
    """Which statuses we give about invoices."""
    alerts: AlertDelays = AlertDelays()
    """After how long silence is an alarm."""


class SenderSheet(BaseSheet):
    """Fiche EDI emetteur: invoices leave, reports and statuses come back."""

    kind: Literal["sender"]
    """A sender sheet (fiche EDI émetteur) or a receiver sheet (fiche EDI récepteur)."""
    batch: Batch = Batch()

    @field_validator("interfaces")
    @classmethod
    def _sends_something(cls, interfaces: Interfaces) -> Interfaces:
        if not interfaces.emission:
            raise ValueError("a sender sheet subscribes at least one interface code in 'emission'")
        return interfaces


class ReceiverSheet(BaseSheet):
    """Fiche EDI recepteur: invoices arrive and are filed."""

    kind: Literal["receiver"]
    """A sender sheet (fiche EDI émetteur) or a receiver sheet (fiche EDI récepteur)."""

    filing: Filing = Filing()
    """How received invoices are named when they are filed."""
    routing: Routing = Routing()
    """Where each received invoice goes."""

    @field_validator("interfaces")
    @classmethod
    def _receives_something(cls, interfaces: Interfaces) -> Interfaces:
        if not interfaces.reception:
            raise ValueError("a receiver sheet subscribes at least one interface code in 'reception'")
        return interfaces


Sheet = Annotated[SenderSheet | ReceiverSheet, Field(discriminator="kind")]
