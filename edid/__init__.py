"""edid: the EDI file exchange daemon for French e-invoicing."""

__version__ = "0.1.0"
