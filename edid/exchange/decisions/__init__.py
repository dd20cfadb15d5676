"""Decisions of the ERP about documents: read, checked against what was said before, and sent as lifecycle messages."""
