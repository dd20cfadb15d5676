"""Schematron rules, compiled to XSLT 2.0 by their authors, run by SaxonC. Only judge processes come here."""
