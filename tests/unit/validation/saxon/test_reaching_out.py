"""Whatever a stylesheet tries, it reads no file, calls no server and learns nothing of the machine.

What `prepared` would refuse is written here in ways that it cannot see, or that it lets through: the settings of Saxon
have to hold by themselves. A stylesheet is trusted no more than a document, though its hash is.
"""

from __future__ import annotations

import json
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from edid.validation.verdict import Outcome
from tests.unit.validation.stylesheets import FIRED, HEAD, UBL, catalogue_of, fails, pack, stylesheet

SECRET = "the-content-of-a-file-of-this-machine"
INVOICE = f'<Invoice xmlns="{UBL}Invoice-2" xmlns:cbc="{UBL}CommonBasicComponents-2"><cbc:ID>F1</cbc:ID></Invoice>'
THREE = HEAD.replace(
    'version="2.0"',
    'version="3.0" xmlns:map="http://www.w3.org/2005/xpath-functions/map" xmlns:saxon="http://saxon.sf.net/" '
    'xmlns:fn="http://www.w3.org/2005/xpath-functions" xmlns:system="java:java.lang.System" '
    'xmlns:files="java:java.nio.file.Files" xmlns:file="http://expath.org/ns/file" '
    'xmlns:http="http://expath.org/ns/http-client" xmlns:exslt="http://exslt.org/common"',
)


@pytest.fixture(scope="module")
def listener():
    """A server that notes who calls: nobody may."""
    calls: list[object] = []

    class Note(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            calls.append(self.client_address)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Note) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", calls
        server.shutdown()
        thread.join()


@pytest.fixture
def secrets(tmp_path) -> Path:
    """A folder with a secret, as a text, as XML and as JSON, beside the stylesheet."""
    (tmp_path / "secret.txt").write_text(SECRET, "utf-8")
    (tmp_path / "secret.xml").write_text(f"<a>{SECRET}</a>", "utf-8")
    (tmp_path / "secret.json").write_text(f'"{SECRET}"', "utf-8")
    (tmp_path / "secret.xsl").write_text(stylesheet(fails("SECRET", message=SECRET)), "utf-8")
    return tmp_path


def filled(text: str, url: str, folder: Path) -> str:
    return text.replace("{url}", url).replace("{folder}", f"file://{folder}")


PLACES = ("{folder}/secret.%s", "secret.%s", "{url}/secret.%s")
READING = {
    **dict.fromkeys(("unparsed-text", "unparsed-text-lines", "unparsed-text-available"), "txt"),
    **dict.fromkeys(("doc", "doc-available", "document", "collection", "uri-collection"), "xml"),
    "json-doc": "json",
}
TRIES = {f"{name} {place % kind}": f"{name}('{place % kind}')" for name, kind in READING.items() for place in PLACES}
ENTITY = '&lt;!DOCTYPE a [&lt;!ENTITY e SYSTEM "%s">]>&lt;a>&amp;e;&lt;/a>'
INCLUDE = '&lt;a xmlns:xi="http://www.w3.org/2001/XInclude">&lt;xi:include href="%s" parse="text"/>&lt;/a>'
TRIES |= {
    "a folder": "collection('{folder}?select=*.xml')",
    "the default collection": "collection()",
    "a zip": "unparsed-text('jar:{folder}/secret.zip!/secret.txt')",
    "a data URL": "unparsed-text('data:text/plain,hello')",
    "a class path": "unparsed-text('classpath:secret.txt')",
    "FTP": "unparsed-text('ftp' || substring-after('{url}', 'http') || '/secret.txt')",
    "a variable": "environment-variable('PATH')",
    "all variables": "available-environment-variables()",
    "an entity of a file": f"parse-xml('{ENTITY % '{folder}/secret.txt'}')",
    "an entity of a server": f"parse-xml('{ENTITY % '{url}/secret.txt'}')",
    "a DTD": "parse-xml('&lt;!DOCTYPE a SYSTEM \"{url}/a.dtd\">&lt;a/>')",
    "an XInclude": f"parse-xml('{INCLUDE % '{folder}/secret.txt'}')",
    "an entity in a fragment": f"parse-xml-fragment('{ENTITY % '{folder}/secret.txt'}')",
    "another stylesheet": "fn:transform(map{'stylesheet-location': '{folder}/secret.xsl', 'source-node': /})?output",
    "a query": "load-xquery-module('urn:a', map{'location-hints': '{folder}/secret.xq'})",
    "Java": "system:getenv('PATH')",
    "files by Java": "files:readString(file:path('/etc/hostname'))",
    "EXPath": "file:read-text('/etc/hostname')",
    "EXPath to a server": "http:send-request((), '{url}')",
    "evaluation": "saxon:evaluate('unparsed-text(.)')",
    "Saxon's own discard": "saxon:discard-document(doc('{folder}/secret.xml'))",
    "a function found by name": "function-lookup(xs:QName('fn:unparsed-text'), 1)('{folder}/secret.txt')",
}
PROPERTIES = ("java.home", "user.name", "user.home", "user.dir", "os.name", "java.io.tmpdir", "PATH", "HOME", "my:x")
INSTRUCTIONS = {
    "result-document": '<xsl:result-document href="{folder}/written.xml"><a/></xsl:result-document>',
    "result-document to a server": '<xsl:result-document href="{url}/written.xml"><a/></xsl:result-document>',
    "source-document": '<xsl:source-document href="{folder}/secret.xml"><xsl:copy/></xsl:source-document>',
    "evaluate": "<xsl:evaluate xpath=\"&quot;unparsed-text('{folder}/secret.txt')&quot;\"/>",
    "merge": '<xsl:merge><xsl:merge-source for-each-source="\'{folder}/secret.xml\'" select="/*"><xsl:merge-key '
    'select="."/></xsl:merge-source><xsl:merge-action><xsl:value-of select="current-merge-group()"/></xsl:merge-action>'
    "</xsl:merge>",
    "made-up attribute": "<xsl:value-of _select=\"{'unparsed'}-text('{folder}/secret.txt')\"/>",
    "made-up href": "<xsl:result-document _href=\"{'{folder}'}/written.xml\"><a/></xsl:result-document>",
    "Saxon's own": '<saxon:call-template name="a" xsl:extension-element-prefixes="saxon"/>',
    "EXSLT": '<exslt:document href="{folder}/written.xml" xsl:extension-element-prefixes="exslt"><a/></exslt:document>',
}
DECLARATIONS = {
    **{
        f"{name} {place}": f'<xsl:{name} href="{place}"/>'
        for name in ("import", "include")
        for place in ("{folder}/secret.xsl", "secret.xsl", "{url}/secret.xsl", "../../../etc/hostname")
    },
    "schema": '<xsl:import-schema schema-location="{folder}/secret.xsd"/>',
    "package": '<xsl:use-package name="{folder}/secret.xsl"/>',
    "made-up import": "<xsl:import _href=\"{'{folder}'}/secret.xsl\"/>",
    "static parameter": '<xsl:param name="s" static="yes" select="unparsed-text(\'{folder}/secret.txt\')"/>',
    "use-when": '<xsl:variable name="s" select="1" use-when="doc(\'{folder}/secret.xml\')/a"/>',
    "character map": '<xsl:output use-character-maps="m"/><xsl:character-map name="m"><xsl:output-character '
    'character="F" string="&lt;!ENTITY"/></xsl:character-map>',
    "doctype": '<xsl:output doctype-system="{url}/a.dtd" doctype-public="p"/>',
}


@pytest.fixture
def attempt(bench, secrets, listener):
    """Run a stylesheet with `{url}` and `{folder}` filled in; return its verdict after a look at the bait."""
    url, calls = listener

    def _attempt(text: str):
        before = {each.name for each in secrets.iterdir()}
        rules = pack(secrets, filled(text, url, secrets), "RULES")
        verdict = bench.verdict(INVOICE, catalogue_of(rules, schema=False), profile="test")
        assert SECRET not in repr(verdict)
        assert calls == []
        assert {each.name for each in secrets.iterdir()} == {*before, "RULES.xslt"}
        return verdict

    return _attempt


def saying(expression: str) -> str:
    """A stylesheet that says what an expression comes to."""
    said = f'<svrl:failed-assert id="R-1"><svrl:text>[<xsl:value-of select="{quoted(expression)}"/>]</svrl:text>'
    return stylesheet(f"{FIRED}{said}</svrl:failed-assert>", head=THREE)


def quoted(expression: str) -> str:
    return expression.replace('"', "&quot;")


@pytest.mark.parametrize("name", TRIES)
def test_no_function_reads_anything(attempt, name):
    verdict = attempt(saying(TRIES[name]))
    if name != "an XInclude":  # an element like any other
        assert verdict.outcome is Outcome.NOT_JUDGED


@pytest.mark.parametrize("name", TRIES)
def test_no_function_reads_anything_from_a_text_with_expressions(attempt, name):
    said = f'<svrl:failed-assert id="R-1"><svrl:text>{{{TRIES[name]}}}</svrl:text></svrl:failed-assert>'
    verdict = attempt(stylesheet(FIRED + said, head=THREE.replace("xmlns:my", 'expand-text="yes" xmlns:my')))
    if name != "an XInclude":
        assert verdict.outcome is Outcome.NOT_JUDGED


@pytest.mark.parametrize("name", PROPERTIES)
def test_no_property_of_the_machine_is_told(attempt, name):
    verdict = attempt(saying(f"system-property('{name}')"))
    assert [finding.message for finding in verdict.findings] in ([], ["[]"])


@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_no_instruction_reads_or_writes_anything(attempt, name):
    assert attempt(stylesheet(FIRED + INSTRUCTIONS[name], head=THREE)).outcome is Outcome.NOT_JUDGED


@pytest.mark.parametrize("name", DECLARATIONS)
def test_no_declaration_takes_anything_in(attempt, name):
    verdict = attempt(f"{THREE}{DECLARATIONS[name]}{stylesheet(fails('R-1'), head='')}")
    assert [finding.rule for finding in verdict.findings] in ([], ["R-1"])
    assert verdict.outcome is Outcome.NOT_JUDGED or name in {"character map", "doctype"}


BARE = """
import json, sys
from pathlib import Path
from edid.validation.saxon import engine as rooms
rooms.prepared = lambda name, files, main: files[main].decode()
rooms.checked = lambda path: (path, {path: path.read_bytes()})
if sys.argv[1] == "open":
    rooms._SETTINGS.clear()
engine = rooms.engine()
document = engine.document(sys.argv[2])
said = {}
for path in map(Path, sys.argv[3:]):
    try:
        said[path.name] = engine.run(path, document)
    except Exception as error:
        said[path.name] = f"refused: {error}"
print(json.dumps(said))
"""


@pytest.fixture
def bare(secrets, listener, tmp_path):
    """Let Saxon run stylesheets without the look that `prepared` takes at them; return what each answers."""
    url, _ = listener

    def _bare(settings: str, texts: Mapping[str, str]) -> dict[str, str]:
        folder = tmp_path / f"bare-{settings}"
        folder.mkdir()
        for number, text in enumerate(texts.values()):
            (folder / f"{number}.xslt").write_text(filled(text, url, secrets), "utf-8")
        paths = [str(folder / f"{number}.xslt") for number in range(len(texts))]
        command = [sys.executable, "-c", BARE, settings, INVOICE, *paths]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=secrets)
        return dict(zip(texts, json.loads(ran.stdout).values(), strict=True))

    return _bare


def test_the_settings_of_saxon_alone_let_nothing_through(bare, secrets, listener):
    """Whoever finds a way around the look at the stylesheet meets this wall."""
    texts = {f"function {name}": saying(each) for name, each in TRIES.items()}
    texts |= {f"property {name}": saying(f"system-property('{name}')") for name in PROPERTIES}
    texts |= {f"instruction {name}": stylesheet(FIRED + each, head=THREE) for name, each in INSTRUCTIONS.items()}
    texts |= {
        f"declaration {name}": f"{THREE}{each}{stylesheet(fails('R-1'), head='')}"
        for name, each in DECLARATIONS.items()
    }
    before = sorted(secrets.iterdir())
    said = bare("shut", {"control": saying("/*/cbc:ID"), **texts})
    assert "[F1]" in said.pop("control")
    assert [name for name, answer in said.items() if SECRET in answer] == []
    assert listener[1] == []
    assert sorted(each for each in secrets.iterdir() if not each.name.startswith("bare")) == before
    machine = {os.environ["PATH"], os.environ.get("HOME", "-none-"), os.uname().nodename}
    assert [name for name, answer in said.items() if any(each in answer for each in machine)] == []


def test_without_these_settings_a_stylesheet_would_read_files(bare):
    """The test above can fail."""
    files = ("unparsed-text {folder}/secret.txt", "doc {folder}/secret.xml", "json-doc {folder}/secret.json")
    said = bare("open", {name: saying(TRIES[name]) for name in (*files, "a variable")})
    assert [SECRET in answer for answer in said.values()] == [True, True, True, False]
    assert os.environ["PATH"] in said["a variable"]
