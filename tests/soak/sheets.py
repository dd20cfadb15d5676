"""The six sheets of the soak: on each partner a single sender, a batched sender and a receiver, with answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edid.config.sheet import Retry
from tests.acceptance.company import Company
from tests.soak.partners import Partner

ANSWERED = ("taken", "rejected", "held", "duplicate", "sent", "failed", "report", "status", "filed", "excluded", "kept")
AGENCY = "AGENCE-01"
"""Service code whose invoices are kept from the ERP."""
ARCHIVE = "classe"
LIMITS = {"flow_size": "6MB", "document_size": "4MB", "judge_time": "1m"}
_QUICK = {"first": "300ms", "longest": "2s", "refused": "3s", "tries": 100}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet and its partner."""

    name: str
    partner: Partner
    application: str
    sends: bool
    batched: bool
    after_fetch: str
    daily: bool = False
    rules: str | None = "xsd-only"

    @property
    def out_folder(self) -> str:
        """Where its partner offers, seen from the account."""
        return f"out-{self.name}"

    def write(self, company: Company, contact: str = "Service informatique") -> None:
        """Write its file; another `contact` makes it another sheet for a reload."""
        changes: dict[str, Any] = {
            "application_code": self.application,
            "kind": "sender" if self.sends else "receiver",
            "poll": {"every": "1s", "jitter": "0s"},
            "retry": {name: value for name, value in _QUICK.items() if name in Retry.model_fields},
            "validation": {"profile": self.rules} if self.rules else {},
            "after_fetch": {"action": self.after_fetch, "folder": f"{ARCHIVE}-{self.name}"},
            "answers": {"form": "json", "files": "daily" if self.daily else "each", "events": list(ANSWERED)},
            "contact": {"name": contact, "email": "edi@example.invalid"},
        }
        if self.batched:
            changes["batch"] = {"max_documents": 16, "wait": "500ms"}
        if not self.sends:
            changes["routing"] = {"agencies": [{"name": "Agence", "service_codes": [AGENCY], "folder": "agence"}]}
            changes["interfaces"] = {"reception": ["FEN0036A", "FEN3036A", "FEN3736A"]}
        company.sheet(self.name, self.partner.settings(self.out_folder), **changes)


def write_all(company: Company, partners: Mapping[str, Partner], rules: str | None) -> dict[str, Sheet]:
    """Write every sheet, make its folders at its partner, and return the sheets by name.

    `rules`: the profile of one of them; None: that of its platform. The others ask schemas only.
    """
    one, two = partners.values()
    sheets = [
        Sheet("ventes-a", one, "VTA001", sends=True, batched=False, after_fetch="delete"),
        Sheet("lots-a", one, "LTA001", sends=True, batched=True, after_fetch="move", daily=True),
        Sheet("achats-a", one, "ACA001", sends=False, batched=False, after_fetch="move"),
        Sheet("ventes-b", two, "VTB001", sends=True, batched=False, after_fetch="none", daily=True, rules=rules),
        Sheet("lots-b", two, "LTB001", sends=True, batched=True, after_fetch="delete"),
        Sheet("achats-b", two, "ACB001", sends=False, batched=False, after_fetch="none"),
    ]
    for sheet in sheets:
        sheet.partner.folder(sheet.out_folder)
        if sheet.after_fetch == "move":
            sheet.partner.folder(f"{ARCHIVE}-{sheet.name}")
        sheet.write(company)
    company.configure(limits=LIMITS, schedules={"scan": "1s"})
    return {sheet.name: sheet for sheet in sheets}
