"""CDAR: the lifecycle messages of the reform, about invoices or about files."""

from edid.documents.cdar.message import read_tree as read_tree

__all__ = ["read_tree"]
