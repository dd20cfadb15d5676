"""Rules that never end or want the whole memory cost their document its verdict, and nothing else."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from edid.config.settings import Limits
from edid.validation.verdict import Outcome
from tests.unit.validation.bench import Bench
from tests.unit.validation.stylesheets import FIRED, HEAD, UBL, catalogue_of, pack, stylesheet

THREE = HEAD.replace('version="2.0"', 'version="3.0"')
# What the rules do depends on the number of the invoice.
DOUBLE = (
    '<xsl:function name="my:double"><xsl:param name="text"/><xsl:param name="times"/><xsl:sequence '
    'select="if ($times = 0) then $text else my:double(concat($text, $text), $times - 1)"/></xsl:function>'
)
DEEDS = {
    "LOOP": '<xsl:value-of select="count(for $a in 1 to 1000000000, $b in 1 to 1000000000 return $a[. = $b])"/>',
    "SWELL": "<xsl:value-of select=\"string-length(my:double('ab', 40))\"/>",
}
BODY = FIRED + "".join(f"<xsl:if test=\"/*/cbc:ID = '{name}'\">{deed}</xsl:if>" for name, deed in DEEDS.items())


def invoice(number: str) -> str:
    return (
        f'<Invoice xmlns="{UBL}Invoice-2" xmlns:cbc="{UBL}CommonBasicComponents-2"><cbc:ID>{number}</cbc:ID></Invoice>'
    )


@pytest.fixture
def rules(tmp_path):
    return catalogue_of(pack(tmp_path, stylesheet(BODY, DOUBLE, head=THREE)), schema=False)


def test_endless_and_exploding_rules_cost_one_document_its_verdict(tmp_path, rules):
    bench = Bench(tmp_path, Limits(judge_time=timedelta(seconds=2), judge_memory=300 * 1000**2))
    numbers = ["F1", "LOOP", "F2", "SWELL", "F3"]
    with bench.pool:
        judged = bench.judge(*map(invoice, numbers), known=rules, profile="test")
    verdicts = {number: each.verdict for number, each in zip(numbers, judged, strict=True)}
    assert {number for number in numbers if verdicts[number].outcome is Outcome.VALID} == {"F1", "F2", "F3"}
    causes = {number: verdicts[number].not_judged_because for number in DEEDS}
    assert causes["LOOP"] == "the validator process took longer than 2s twice on this file."
    assert causes["SWELL"].startswith("the validator process ")
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.VALID, Outcome.NOT_JUDGED}


def test_processor_time_is_bounded_when_nobody_watches_any_more(tmp_path, rules):
    """The limit is set anew for each document, from what the process has used so far."""
    bench = Bench(tmp_path, Limits(judge_time=timedelta(seconds=30)))
    with bench.pool:
        bench.judge(invoice("F1"), invoice("F2"), known=rules, profile="test")
        (pid,) = bench.pids()
        soft = Path(f"/proc/{pid}/limits").read_text("ascii").partition("Max cpu time")[2].split()[0]
    assert 70 <= int(soft) < 70 + 30, "twice the time, ten seconds, and what compiling took"


TALKING = """
import json, os, pickle, stat, sys
from pathlib import Path
from edid.validation.saxon.engine import engine
pack, document = pickle.loads(bytes.fromhex(sys.argv[1])), engine().document(sys.argv[2])
said = engine().run(pack, document)
open_files = [os.fstat(int(path.name)) for path in Path("/proc/self/fd").iterdir() if path.exists()]
nameless = [each.st_size for each in open_files if stat.S_ISREG(each.st_mode) and each.st_nlink == 0]
print(json.dumps([said, sum(nameless)]))
"""


def test_what_rules_say_on_the_way_fills_no_memory(tmp_path):
    """A file in memory would not count for the limit of the process."""
    talk = '<xsl:for-each select="1 to 20000"><xsl:message>and another remark</xsl:message></xsl:for-each>'
    packed = pickle.dumps(pack(tmp_path, stylesheet(FIRED + talk, head=THREE))).hex()
    command = [sys.executable, "-c", TALKING, packed, invoice("F1")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    said, held = json.loads(ran.stdout)
    assert "fired-rule" in said
    assert held < 100_000
    assert ran.stderr == "", "nor does it reach the log"
