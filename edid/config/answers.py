"""The part of a sheet that says how the ERP is told what became of its documents."""

from __future__ import annotations

import re
from string import Formatter
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from edid.config.base import Section
from edid.config.values import Allowed

Language = Literal["fr", "en"]
Told = Literal[
    "taken",
    "rejected",
    "held",
    "duplicate",
    "valid",
    "forced",
    "packed",
    "sent",
    "failed",
    "report",
    "status",
    "given",
    "answered",
    "filed",
    "excluded",
    "kept",
]
"""What can be told: a change of a state, or a word of the platform."""
FieldName = Literal[
    "event_id",
    "event",
    "time",
    "sheet",
    "file",
    "member",
    "document",
    "direction",
    "kind",
    "interface",
    "number",
    "issue_date",
    "seller",
    "seller_name",
    "buyer",
    "buyer_name",
    "amount",
    "currency",
    "flow",
    "flow_id",
    "state",
    "status",
    "code",
    "dialect",
    "label",
    "reasons",
    "motive",
    "comment",
    "acts",
    "todo",
    "answer",
    "days",
    "findings",
    "filed_as",
]
"""The facts of an answer; docs/answers.md says what each holds."""
FIELDS: tuple[FieldName, ...] = get_args(FieldName)
MARKS = (".accepted", ".rejected", ".err")
"""Suffixes of the marker files, after the name that the ERP gave."""

_CONSTANT = "="
_ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_LITERAL = re.compile(r"[A-Za-z0-9 ._~+-]*")
_MOST_LITERAL = 40
_DIRECTIVES = re.compile(r"%(.?)", re.DOTALL)
DATE_DIRECTIVES, TIME_DIRECTIVES = "Yymdj%", "YymdjHMS%"


def _template(text: str, names: frozenset[str], required: str) -> str:
    """Return `text` when it is a file name made of known placeholders, each once, and harmless letters."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise ValueError("braces that do not match") from None
    literal = "".join(part[0] for part in parts)
    used = [part[1] for part in parts if part[1] is not None]
    for _, name, spec, conversion in parts:
        if name is not None and (name not in names or spec or conversion):
            raise ValueError(f"{{{name}}} is no placeholder here")
    if len(used) != len(set(used)):
        raise ValueError("a placeholder stands there twice")
    if required not in used:
        raise ValueError(f"without {{{required}}} two files could have the same name")
    if not _LITERAL.fullmatch(literal) or len(literal) > _MOST_LITERAL or text.startswith((".", " ")):
        raise ValueError("not a usable file name")
    return text


def _file_name(text: str) -> str:
    return _template(text, frozenset({"event_id", "number", "file", "state", "day", "time", "form"}), "event_id")


def _daily_name(text: str) -> str:
    return _template(text, frozenset({"day", "form"}), "day")


def _column(text: str) -> str:
    if text.startswith(_CONSTANT) or text in FIELDS:
        return text
    raise ValueError(f"no such fact. Allowed: {', '.join(FIELDS)}, or = and a constant text")


def _date_format(text: str) -> str:
    return _directives(text, DATE_DIRECTIVES)


def _time_format(text: str) -> str:
    return _directives(text, TIME_DIRECTIVES)


def _directives(text: str, known: str) -> str:
    if not text.isprintable() or any(sign not in known or not sign for sign in _DIRECTIVES.findall(text)):
        raise ValueError("not a format")
    return text


FileName = Annotated[
    str,
    AfterValidator(_file_name),
    Allowed(
        "a file name with {event_id}, and {number}, {file}, {state}, {day}, {time}, {form} where wanted, each once; "
        "beside them letters, digits, blanks and . _ ~ + -"
    ),
]
DailyName = Annotated[
    str, AfterValidator(_daily_name), Allowed("a file name with {day}, and {form} where wanted, each once")
]
Column = Annotated[
    str, AfterValidator(_column), Allowed("the name of a fact, such as number, or = and a constant text, such as =001")
]
DateFormat = Annotated[
    str, AfterValidator(_date_format), Allowed("a text with %Y, %y, %m, %d or %j, such as %d/%m/%Y between quotes")
]
TimeFormat = Annotated[
    str,
    AfterValidator(_time_format),
    Allowed("a text with %Y, %y, %m, %d, %j, %H, %M or %S, such as '%d/%m/%Y %H:%M:%S'"),
]
StatusName = Annotated[
    str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,39}$"), Allowed("the name of a status in capital letters, such as REJETEE")
]


class Csv(Section):
    """How a CSV answer is written."""

    separator: Literal[";", ",", "|", "tab"] = ";"
    """Sign between two columns; tab is the tabulator."""
    quoting: Literal["needed", "all", "never"] = "needed"
    """Which values stand in double quotes. never: separators and quotes inside a value become blanks."""
    header: bool = True
    """A first line with the names of the columns."""
    line_end: Literal["crlf", "lf"] = "crlf"
    """End of each line."""


class Markers(Section):
    """Files beside the original name: `invoice.xml.accepted`, or `invoice.xml.rejected` with `invoice.xml.err`."""

    accepted_when: Literal["never", "sent", "integrated"] = "never"
    """never: no such files. sent: accepted when the partner holds every byte. integrated: accepted when the platform
    says that it integrated the flow, or says anything of the invoice that is no refusal."""
    rejected_by: tuple[StatusName, ...] = (
        "REJETEE",
        "REFUSEE",
        "REJETEE_PLATEFORME",
        "REFUSEE_1",
        "REFUSEE_2",
        "A_RECYCLER",
        "NON_CONFORME",
    )
    """Statuses of an invoice (canonical names) that make its file rejected, even after it was accepted."""


class Answers(Section):
    """Small files in spool/<sheet>/status for every change of a document's state."""

    form: Literal["none", "json", "csv", "xml"] = "none"
    """none: no answers. A daily file of JSON has one object a line; XML has no daily file."""
    files: Literal["each", "daily"] = "each"
    """each: one file for each answer. daily: one file a day (UTC), to which a line is added for each answer."""
    events: tuple[Told, ...] = ("taken", "rejected", "held", "duplicate", "sent", "failed", "report", "status")
    """What is told. filed is an incoming invoice, excluded one that a routing rule keeps back, kept a flow that was
    received and not understood."""
    columns: dict[str, Column] = Field(default_factory=dict)
    """Names that the ERP wants for the facts, in its order: NUMFAC: number, or SOCIETE: =001 for a constant. Empty:
    every fact under its own name."""
    file_name: FileName = "{event_id}_{state}.{form}"
    """Name of each file. event_id has ten digits or more, so names sort in the order of what happened."""
    daily_name: DailyName = "{day}.{form}"
    """Name of the file of a day."""
    encoding: Literal["utf-8", "utf-8-sig", "latin-1", "cp1252"] = "utf-8"
    """utf-8-sig starts with a byte order mark; cp1252 is the Windows one. What the encoding lacks is written with its
    nearest letter, else ? (CSV), or as a reference (JSON, XML)."""
    csv: Csv = Csv()
    """How a CSV answer is written."""
    decimal: Literal[".", ","] = "."
    """Decimal sign of amounts."""
    date_format: DateFormat = "%Y-%m-%d"
    """How dates are written."""
    time_format: TimeFormat | None = None
    """How times (UTC) are written. null: ISO 8601, such as 2026-11-23T07:00:00.123Z."""
    language: Language = "fr"
    """Language of labels, reasons and advice."""
    markers: Markers = Markers()
    """The convention of .accepted, .rejected and .err files, with or without answers."""
    from_beginning: bool = False
    """True: the first time, everything that the journal holds of this sheet is told. False: what happens from now
    on."""

    @property
    def wanted(self) -> bool:
        """True when anything is dropped at all."""
        return self.form != "none" or self.markers.accepted_when != "never"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.form == "xml" and self.files == "daily":
            raise ValueError("an XML file cannot grow: choose 'files: each', or csv or json")
        if self.form == "xml":
            for name in self.columns:
                if not _ELEMENT.fullmatch(name):
                    raise ValueError(f"{name!r} cannot name an XML element: letters, digits and . _ - only")
        if any(not name.strip() or not name.isprintable() for name in self.columns):
            raise ValueError("a column needs a printable name")
        if self.markers.accepted_when != "never" and self.file_name.lower().endswith(MARKS):
            raise ValueError("the name of an answer must not end like that of a marker file")
        return self


def constant(column: str) -> str | None:
    """Return the text of a constant column, None for the name of a fact."""
    return column[len(_CONSTANT) :] if column.startswith(_CONSTANT) else None
