"""Small stylesheets of the kind that Schematron compilers write, good and bad."""

from __future__ import annotations

_HEAD = (
    '<xsl:stylesheet version="{version}" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
    'xmlns:svrl="http://purl.oclc.org/dsdl/svrl" '
    'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"{more}>'
)


def stylesheet(body: str = "", *, top: str = "", version: str = "2.0", more: str = "", fired: str = "/rsm:*") -> str:
    """Rules that fire once for each node at `fired`, and then do what `body` says."""
    fires = f'<xsl:for-each select="{fired}"><svrl:fired-rule context="it"/></xsl:for-each>'
    main = f"<svrl:schematron-output>{fires}{body}</svrl:schematron-output>"
    head = _HEAD.format(version=version, more=more)
    return f'{head}{top}<xsl:template match="/">{main}</xsl:template></xsl:stylesheet>'


def fails(rule: str = "BR-X", flag: str = "fatal", message: str = "no good") -> str:
    """An assert that fails at the root."""
    return (
        f'<svrl:failed-assert id="{rule}" flag="{flag}" location="/"><svrl:text>{message}</svrl:text>'
        "</svrl:failed-assert>"
    )


GOOD = stylesheet()
UNSAFE = {
    "document()": stylesheet("<xsl:value-of select=\"document('codes.xml')\"/>"),
    "unparsed-text()": stylesheet("<xsl:value-of select=\"unparsed-text('/etc/passwd')\"/>"),
    "environment-variable()": stylesheet("<xsl:value-of select=\"environment-variable('HOME')\"/>", version="3.0"),
    "xsl:result-document": stylesheet('<xsl:result-document href="out.xml"/>'),
    "xsl:import": stylesheet(top='<xsl:import href="other.xsl"/>'),
    "xsl:include": stylesheet(top='<xsl:include href="other.xsl"/>'),
    "xsl:evaluate": stylesheet("<xsl:evaluate xpath=\"'1'\"/>", version="3.0"),
}
"""By the word that the refusal names."""
EVASIVE = {
    "text value template": stylesheet(
        "<a>{unparsed-text('file:///etc/passwd')}</a>", version="3.0", more=' expand-text="yes"'
    ),
    "shadow attribute": stylesheet(
        "<xsl:value-of _select=\"{$a}-text('file:///etc/passwd')\"/>",
        version="3.0",
        top='<xsl:variable name="a" static="yes" select="\'unparsed\'"/>',
    ),
    "merge source": stylesheet(
        '<xsl:merge><xsl:merge-source for-each-source="\'file:///etc/fstab\'" select="/">'
        '<xsl:merge-key select="1"/></xsl:merge-source><xsl:merge-action>x</xsl:merge-action></xsl:merge>',
        version="3.0",
    ),
}
"""They reach for files in ways that the text of a stylesheet does not show."""
USELESS = {
    "are no stylesheet": "<schema/>",
    "not XML": "rules?",
    "do not compile": stylesheet('<xsl:value-of select="nothing-of-the-kind()"/>'),
    "document type declaration": "<!DOCTYPE a>" + GOOD,
    "is about anything": stylesheet(fired="/rsm:*/nothing"),
    "broke off": stylesheet('<xsl:message terminate="yes">enough</xsl:message>'),
    "is no SVRL": GOOD.replace("svrl:schematron-output", "svrl:report"),
}
"""By words of the reason."""
