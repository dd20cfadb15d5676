"""The rule pack FACTUR-X-PDF on the claims of one PDF.

Its severities follow one line. Fatal: it is unclear which XML is the invoice, what the PDF says that it is, or which
profile; or the file does not claim to be a PDF/A-3; or it can change what is seen of it. Warning: another departure,
also a certain one, that readers get over and for which no French platform is known to refuse an invoice. Information:
sources disagree, or something was not checked.
"""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import islice
from pathlib import Path

from edid.documents.facturx_pdf import claims as reader
from edid.documents.facturx_pdf.claims import PdfClaims
from edid.documents.names import shown
from edid.validation.pdf import attachment_rules, content_rules, metadata_rules
from edid.validation.pdf.rule import Breach, Rule
from edid.validation.verdict import Finding

NAME = "FACTUR-X-PDF"
VERSION = "2026.11.23"
"""Day of the last change of a rule."""
LISTED = 20
"""Most findings of one rule that are listed."""
RULES = (*attachment_rules.RULES, *metadata_rules.RULES, *content_rules.RULES)


def check(claims: PdfClaims, guideline: str | None) -> list[Finding]:
    """Return what the rules find in `claims`; `guideline` is the BT-24 of the embedded XML, None when it has none.

    One finding of severity `information`, FX-PDF-NOT-CHECKED, is always there. Raises nothing.
    """
    stated = shown(guideline.strip()) if guideline else None
    return [_finding(rule, breach) for rule in RULES for breach in islice(rule.check(claims, stated), LISTED)]


@cache
def sha256() -> str:
    """Return what identifies this pack: SHA-256 of its name and of the files of rules and reader."""
    digest = hashlib.sha256(NAME.encode())
    for module in (__file__, reader.__file__):
        for path in sorted(Path(module).parent.glob("*.py")):
            source = path.read_bytes()
            digest.update(f"\n{path.name} {len(source)}\n".encode())
            digest.update(source)
    return digest.hexdigest()


def _finding(rule: Rule, breach: Breach) -> Finding:
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=breach.message[:1].upper() + breach.message[1:],
        path=breach.place,
        found=breach.found,
        expected=breach.expected,
        pack=NAME,
        terms=rule.terms,
    )
