"""The documents that the rules of Chorus Pro come from, and how sure each demand is.

High: an official text or schema says it. Medium: several independent sources agree, or one that is official but old
or partial. Low: one source, or our reading. What is not high is a warning or less, unless several sources agree.
"""

from __future__ import annotations

PIVOT = "AIFE, schema CPPFacturePivot V2_02 of 4 April 2022"
"""What Chorus Pro hands on to the recipient: longer or other values have no place there."""
DOSSIER = "AIFE, Dossier de spécifications externes FE - Chorus Pro v1.0 of October 2025"
DOSSIER_2026 = "AIFE, Dossier de spécifications externes FE - Chorus Pro v1.1 of April 2026"
SAMPLES = "AIFE, example flows FSO1116A of 2018"
REFUSALS = "AIFE, Dossier général v3.2, 3.4.2 to 3.4.4"
"""Written for the PPF, which AIFE runs too."""
ANNEX = "AIFE, Annexe EDI V4.20, as quoted by an open client that was tried on the qualification platform"
OCA = "OCA modules l10n_fr_chorus"
EDITOR = "help pages of an ERP editor for the historical interfaces"
BR_FR = "official rules BR-FR Flux 2 1.4.0"

HIGH = "Confidence: high."
MEDIUM = "Confidence: medium."
AGREED = "Confidence: medium, several sources agree."
LOW = "Confidence: low."
