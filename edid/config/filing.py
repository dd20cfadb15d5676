"""The part of a receiver sheet that says how received invoices are named when they are filed.

A template is text with placeholders such as `{number}`. Slashes stand in the template only: what a placeholder is
replaced by is the content of a stranger's file and never adds a folder.
"""

from __future__ import annotations

import string
from typing import Annotated

from pydantic import AfterValidator

from edid.config.base import Section
from edid.config.values import Allowed

PLACEHOLDERS = (
    "day",
    "year",
    "month",
    "supplier",
    "supplier_name",
    "number",
    "date",
    "service",
    "engagement",
    "type",
    "platform_id",
    "sheet",
)
"""day, year, month: of reception, in UTC; supplier: SIREN, else identifier; date: of issue; type: 380, 381, ..."""
_TELLING = frozenset({"number", "platform_id"})
_FORBIDDEN = frozenset('<>:"|?*\\')
_LONGEST = 200
_DEEPEST = 8
_RESERVED = frozenset({"facts.json", "verdict.json", "verdict.txt"})
_NAMES = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


def _folder(template: str) -> str:
    if len(template) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST} characters")
    parts = template.split("/")
    if len(parts) > _DEEPEST:
        raise ValueError(f"more than {_DEEPEST} folders deep")
    names = [_placeholders(part) for part in parts]
    if not _TELLING & names[-1]:
        raise ValueError("its last part must tell invoices apart: use {number} or {platform_id} there")
    return template


def _file(template: str) -> str:
    if len(template) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST} characters")
    if "/" in template:
        raise ValueError("a file name has no slash: the file stands in the folder of its invoice")
    _placeholders(template)
    if template.casefold() in _RESERVED:
        raise ValueError(f"edid itself writes a file called {template.casefold()} there")
    return template


def _placeholders(part: str) -> set[str]:
    """Return the names used in one part of a template. Raises ValueError for anything that is no plain name."""
    try:
        pieces = list(string.Formatter().parse(part))
    except ValueError:
        raise ValueError("a brace is open or closed once too often; placeholders look like {number}") from None
    names = set()
    for literal, name, form, conversion in pieces:
        if any(sign in _FORBIDDEN or not sign.isprintable() for sign in literal) or set(literal) & set("{}"):
            raise ValueError('a name may not hold < > : " | ? * { } \\ or signs that cannot be seen')
        if name is None:
            continue
        if name not in PLACEHOLDERS:
            raise ValueError(f"there is no placeholder {{{name[:40]}}}; known: {_NAMES}")
        if form or conversion:
            raise ValueError(f"write {{{name}}} without anything else between the braces")
        names.add(name)
    if not part.strip() or part[0] in ". " or part[-1] in ". ":
        raise ValueError("no part may be empty, or begin or end with a dot or a blank")
    return names


FolderTemplate = Annotated[
    str,
    AfterValidator(_folder),
    Allowed(f"folder names between slashes, with any of {_NAMES}; the last with {{number}} or {{platform_id}}"),
]
"""Where an invoice is filed, below in/."""
FileTemplate = Annotated[
    str,
    AfterValidator(_file),
    Allowed("a file name, with the same placeholders"),
]
"""What a file is called in the folder of its invoice."""


class Filing(Section):
    """Names of folders and files of received invoices."""

    folder: FolderTemplate = "{day}/{supplier}_{number}"
    """Folder of one invoice below in/. What the invoice does not say reads "without-...". No content adds a folder."""
    invoice: FileTemplate = "invoice"
    """Name of an invoice that came as UBL, CII or Factur-X, without the .xml or .pdf that edid adds."""
    readable: FileTemplate | None = "readable.pdf"
    """Name of the readable PDF among the attachments of a received invoice. null: it keeps its own name."""
