"""A decision at the terminal: checked as far as the journal can tell, then put where the decisions of the ERP go."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from edid.config.loader import Configuration
from edid.errors import ConfigError, PermanentError, RefusedInputError
from edid.exchange.decisions.rows import rows
from edid.exchange.decisions.unfit import UnfitDecisionError
from edid.exchange.decisions.wanted import Wanted, wanted
from edid.exchange.house import drop_folder
from edid.journal import queries
from edid.journal.database import Journal
from edid.journal.states import Purpose
from edid.store.durable import durable_write


def drop(configuration: Configuration, journal: Journal, row: dict[str, Any]) -> tuple[Wanted, Path]:
    """Drop the decision `row` (as in a decision file, with `document`); return what it asks for and where it lies.

    Raises PermanentError when there is no such document or the decision cannot be carried out, ConfigError when its
    sheet takes no decisions.
    """
    with journal.reading() as view:
        document = queries.document(view, int(row["document"]))
        if document is None:
            raise PermanentError(f"there is no document {row['document']}.", remedy="See: edid documents list.")
        sheet = configuration.sheets.get(document.sheet)
        if sheet is None or not sheet.lifecycle.decide:
            raise ConfigError(
                f"the sheet '{document.sheet}' gives no statuses.",
                remedy="Set lifecycle.decide to true in its file, subscribe the interface code, and reload edid.",
            )
        content = json.dumps(row, ensure_ascii=False, default=str).encode()
        try:
            (read,) = rows(content)
            if read.decision is None:
                raise PermanentError(f"this is no decision: {read.fault}.", remedy="See: edid status set --help.")
            asked = wanted(view, sheet, read.decision)
        except (UnfitDecisionError, RefusedInputError) as error:
            raise PermanentError(f"{error}.", remedy=f"See: edid documents show {document.id}.") from error
    folder = drop_folder(configuration.settings.spool, sheet, Purpose.DECISIONS)
    if not folder.is_dir():
        raise ConfigError(f"{folder} is not there.", remedy="Start or reload edid once with lifecycle.decide on.")
    target = folder / f"status-{document.id}-{secrets.token_hex(4)}.json"
    durable_write(target, content)
    if sheet.intake.readiness == "marker":
        target.with_name(target.name + sheet.intake.marker).touch()
    return asked, target
