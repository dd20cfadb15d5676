"""Where the rules BR-FR-CPRO come from, and how sure they are."""

from __future__ import annotations

ANNEX = (
    "AFNOR XP Z12-012, annex A V1.3, rules BR-FR-CPRO, as an open implementation (invopop gobl.fr.ctc) reads them; "
    "no official schematron. Confidence: medium."
)
