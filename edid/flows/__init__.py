"""Flows: interface codes, names and identifiers, packages, batches, and the checks before anything leaves."""
