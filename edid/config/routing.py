"""The part of a receiver sheet that says where each received invoice goes.

Source of the agencies: AIFE, experiment with advertising sales houses (régies publicitaires), 2018: a service code of
its own for each media agency inside the advertiser's SIRET, or a SIRET for nothing but sales-house invoices.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from edid.config.base import Section
from edid.config.routing_values import DocumentTypes, Folder, Frame, Frames, Money, Sirets, Texts, Title
from edid.config.values import Allowed

KindWord = Literal["cpp-pivot", "cpp-mixte", "ubl-invoice", "ubl-credit-note", "cii", "factur-x"]
Awaited = Literal["first-validator", "second-validator", "none"]


class AmountRange(Section):
    """Bounds of an amount, both included; an amount in another currency does not fit."""

    of: Literal["gross_total", "payable"] = "gross_total"
    """gross_total: with VAT (TTC, BT-112). payable: what is left to pay (net à payer, BT-115)."""
    min: Money | None = None
    """Lowest amount that fits."""
    max: Money | None = None
    """Highest amount that fits."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$"), Allowed("3 capital letters such as EUR")] = "EUR"
    """Currency of the bounds."""

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("give 'min', 'max' or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("'min' is above 'max': no amount fits")
        return self


class Conditions(Section):
    """What an invoice must be. All conditions must hold; one whose datum the invoice lacks does not hold."""

    recipients: Sirets | None = None
    """SIRET of the recipient: one of these."""
    service_codes: Texts | None = None
    """Service code (code service): exactly one of these, capitals and blanks included."""
    service_prefixes: Texts | None = None
    """The service code begins with one of these."""
    gln: bool | None = None
    """true: the service code has the shape of a GLN (13 digits with a valid check digit). false: it has not."""
    suppliers: Texts | None = None
    """Supplier: one of these SIRET, SIREN (fits all its SIRETs), VAT numbers or other identifiers."""
    frames: Frames | None = None
    """Frame (cadre de facturation): one of these."""
    document_types: DocumentTypes | None = None
    """Type of document: one of these codes, or invoice or credit-note for all codes of that kind."""
    kinds: tuple[KindWord, ...] | None = None
    """Format in which it was received: one of these."""
    amount: AmountRange | None = None
    """The amount lies between these bounds."""
    engagement: bool | None = None
    """true: it bears an engagement number (numéro d'engagement). false: it bears none."""
    engagement_prefixes: Texts | None = None
    """The engagement number begins with one of these."""
    awaiting: tuple[Awaited, ...] | None = None
    """Whose validation a sub- or co-contracted invoice waits for: one of these. none: nobody's, or no longer."""
    validator: Title | None = None
    """Identifier, or part of the name, of somebody who took a step of the validation."""

    @field_validator("*", mode="before")
    @classmethod
    def _is_said(cls, value: object) -> object:
        if value is None:  # an empty condition would make its rule fit more than was meant
            raise ValueError("nothing stands here: give a value or remove the key")
        return value

    @field_validator("kinds", "awaiting", mode="before")
    @classmethod
    def _one_word(cls, value: object, info: ValidationInfo) -> object:
        words = get_args(KindWord if info.field_name == "kinds" else Awaited)
        if value == [] or (isinstance(value, str) and value not in words):
            raise ValueError(f"give one or more of: {', '.join(words)}")
        return (value,) if isinstance(value, str) else value

    @model_serializer(mode="wrap")
    def _without_the_unsaid(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {name: value for name, value in handler(self).items() if value is not None}


class Rule(Section):
    """One rule: conditions, and what is done with an invoice that meets them all."""

    name: Title
    """Name of the rule, unique in the sheet; it stands in the journal and in what people read."""
    when: Conditions | None = None
    """The conditions. Without this key, the rule takes every invoice."""
    folder: Folder | None = None
    """Action: file it in this folder below `in`."""
    exclude: Title | None = None
    """Action: keep it from the ERP, in `excluded` beside `in`, for this reason."""
    exclude_to: Folder | None = None
    """Only with `exclude`: a folder below `excluded`."""

    @field_validator("when", mode="before")
    @classmethod
    def _has_conditions(cls, value: object) -> object:
        if value is None or value == {}:
            raise ValueError("no condition stands here: give one, or remove 'when' to take every invoice")
        return value

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        if (self.folder is None) == (self.exclude is None):
            raise ValueError("give exactly one action: 'folder' or 'exclude'")
        if self.exclude_to is not None and self.exclude is None:
            raise ValueError("'exclude_to' goes with 'exclude'")
        return self


class Agency(Section):
    """A media agency (agence média): its invoices never reach the advertiser's ERP."""

    name: Title
    """Name of the agency, unique in the sheet."""
    recipients: Sirets | None = None
    """SIRET where its service codes count. Without: in every SIRET, as one code is the same at every advertiser."""
    service_codes: Texts | None = None
    """Its service codes. One that differs in capitals, blanks or signs only is kept in `excluded`, in doubt."""
    service_prefixes: Texts | None = None
    """Beginnings of its service codes."""
    gln: bool = False
    """true: every service code with the shape of a GLN that no other agency names is its own."""
    whole_recipient: bool = False
    """true: `recipients` receive nothing but sales-house invoices; all are kept back, whichever the service code."""
    folder: Folder | None = None
    """Its folder below `excluded`. Without: `excluded` itself."""

    @property
    def has_codes(self) -> bool:
        """True when it is known by a service code, not by its SIRET alone."""
        return bool(self.service_codes or self.service_prefixes or self.gln)

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        if self.whole_recipient and not self.recipients:
            raise ValueError("'whole_recipient' needs 'recipients'")
        if not self.has_codes and not self.whole_recipient:
            raise ValueError("give 'service_codes', 'service_prefixes', 'gln: true', or 'whole_recipient: true'")
        return self


class Routing(Section):
    """Agencies first, then ordered rules; the first that fits takes the invoice. None fits: it is filed in `in`."""

    agencies: tuple[Agency, ...] = ()
    """Media agencies, looked at before every rule: no rule can take one of their invoices."""
    rules: tuple[Rule, ...] = ()
    """Rules, in the order in which they are tried."""
    second_validation: tuple[Frame, ...] = ("A9",)
    """Frames that a second person validates after the first; no public text says it of the others."""

    @model_validator(mode="after")
    def _names_and_codes_are_unique(self) -> Self:
        names: set[str] = set()
        for name in (*(agency.name for agency in self.agencies), *(rule.name for rule in self.rules)):
            if name.casefold() in names:
                raise ValueError(f"the name '{name}' stands twice: give each agency and rule its own")
            names.add(name.casefold())
        owners: dict[str, list[Agency]] = {}
        for agency in self.agencies:
            for code in agency.service_codes or ():
                if any(_overlap(agency, other) for other in owners.setdefault(code, [])):
                    raise ValueError(f"two agencies have the service code '{code}': its invoices would go to the first")
                owners[code].append(agency)
        return self


def _overlap(one: Agency, other: Agency) -> bool:
    return not (one.recipients and other.recipients) or bool(set(one.recipients) & set(other.recipients))
