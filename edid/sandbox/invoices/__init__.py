"""Example invoices: XSD-valid, with totals that add up, from and to companies that do not exist."""

from edid.sandbox.invoices.breakage import Breakage, broken_invoice
from edid.sandbox.invoices.cii import cii_invoice
from edid.sandbox.invoices.content import Invoice, Line, example_invoice
from edid.sandbox.invoices.facturx import factur_x
from edid.sandbox.invoices.parties import BUYER, CUSTOMER, SELLER, Party
from edid.sandbox.invoices.ubl import ubl_credit_note, ubl_invoice

__all__ = [
    "BUYER",
    "CUSTOMER",
    "SELLER",
    "Breakage",
    "Invoice",
    "Line",
    "Party",
    "broken_invoice",
    "cii_invoice",
    "example_invoice",
    "factur_x",
    "ubl_credit_note",
    "ubl_invoice",
]
