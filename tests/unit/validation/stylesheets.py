"""Rule packs made in tests: stylesheets as Schematron compilers write them, small enough to be read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from edid.documents.kinds import Kind
from edid.validation import catalogue
from edid.validation.files import digest
from edid.validation.packs import Catalogue, Files, Pack, Profile, Stage, Step
from edid.validation.verdict import Severity

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
XSL = "http://www.w3.org/1999/XSL/Transform"
HEAD = (
    f'<xsl:stylesheet version="2.0" xmlns:xsl="{XSL}" xmlns:svrl="http://purl.oclc.org/dsdl/svrl" '
    f'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:u="{UBL}Invoice-2" '
    f'xmlns:cbc="{UBL}CommonBasicComponents-2" xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:my="urn:my" '
    'exclude-result-prefixes="xs u cbc cac my">'
)
# As the ISO skeleton writes it; the real one counts siblings here.
PLACES = '<xsl:template match="*" mode="schematron-select-full-path">the slow path</xsl:template>'
FIRED = '<svrl:fired-rule context="/"/>'


def stylesheet(body: str, declarations: str = "", *, head: str = HEAD) -> str:
    """A stylesheet that answers SVRL with `body` in it."""
    main = f'<xsl:template match="/"><svrl:schematron-output>{body}</svrl:schematron-output></xsl:template>'
    return f"{head}{PLACES}{main}{declarations}</xsl:stylesheet>"


def fails(
    rule: str, flag: str = "fatal", *, at: str = "/*", message: str = "no good", tag: str = "failed-assert"
) -> str:
    """An assert that fails at every node that the XPath `at` selects."""
    flagged = f' flag="{flag}"' if flag else ""
    place = '<xsl:attribute name="location"><xsl:apply-templates select="." mode="schematron-select-full-path"/>'
    said = f"<svrl:{tag} id='{rule}'{flagged}>{place}</xsl:attribute><svrl:text>{message}</svrl:text></svrl:{tag}>"
    return f'{FIRED}<xsl:for-each select="{at}">{said}</xsl:for-each>'


def pack(
    folder: Path, text: str | bytes, name: str = "TEST", *, companions: Mapping[str, bytes] | None = None, **fields
):
    """The pack of a stylesheet that is written to `folder`; `fields` replace those of Pack."""
    content = text if isinstance(text, bytes) else text.encode()
    files = {folder / f"{name}.xslt": content}
    files |= {folder / other: data for other, data in (companions or {}).items()}
    for path, data in files.items():
        path.write_bytes(data)
    place = Files(
        hashlib.sha256(content).hexdigest(),
        digest(files),
        file=folder / f"{name}.xslt",
        companions=tuple(companions or ()),
    )
    known: dict = {"stage": Stage.CORE, "kinds": (Kind.UBL_INVOICE,), "version": "1", "source": "a test"}
    return Pack(name=name, stylesheet=place, **(known | fields))


SCHEMAS = tuple(each for each in catalogue.shipped().packs if each.stage is Stage.SCHEMA)


def catalogue_of(*packs: Pack, schema: bool = True, **modes: Severity) -> Catalogue:
    """A catalogue whose profile `test` asks the schema, then these packs; `modes`: by stage, `_` for `-`."""
    stages = dict.fromkeys(each.stage for each in packs)
    steps = [Step(stage, modes.get(stage.replace("-", "_"), Severity.FATAL)) for stage in stages]
    first = [Step(Stage.SCHEMA)] if schema else []
    return Catalogue((*SCHEMAS, *packs), (Profile("test", (*first, *steps)),))
