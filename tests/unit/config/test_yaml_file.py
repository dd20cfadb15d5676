"""What is no plain YAML file is refused with its place, whatever it holds."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edid.config.loader import Configuration, load
from edid.config.problems import InvalidConfigError
from edid.config.sample import SAMPLES, sample
from edid.errors import ConfigError

from .conftest import MAIN, SENDER, Etc


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "empty"),
        ("# only a comment\n", 1, 1, "empty"),
        ("- a\n- b\n", 1, 1, "must be a mapping"),
        ("just words\n", 1, 1, "must be a mapping"),
        (f"{MAIN}language: fr\nlanguage: en\n", 4, 1, "twice (first in line 3)"),
        (f"{MAIN}limits: {{flow_documents: 1, flow_documents: 2}}\n", 3, 29, "twice (first in line 3)"),
        (f"{MAIN}logging: &a\n  level: info\n", 3, 10, "anchors and aliases"),
        ("a: &a [x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n", 1, 4, "anchors and aliases"),
        (f"{MAIN}logging: *a\n", 3, 10, "anchors and aliases"),
        (f"{MAIN}language: !!str fr\n", 3, 11, "tags"),
        (f"{MAIN}language: !!python/object:os.system fr\n", 3, 11, "tags"),
        (f"{MAIN}limits:\n\tflow_size: 1GB\n", 4, 1, "tab"),
        (f"{MAIN}language: fr: en\n", 3, 13, "not valid YAML"),
        (f"{MAIN}language: 'fr\n", 4, 1, "not valid YAML"),
        (f"{MAIN}language: \x07fr\n", 3, 11, "control character (code 7)"),
        (f"{MAIN}? [a, b]\n: 1\n", 3, 3, "one word"),
        ('a: "\\UFFFFFFFF"\n', 1, 1, "not valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, 1, "not valid YAML"),
        ("a: " + "[" * 100_000, 1, 35, "levels deep"),
        ("a: " + "{b: " * 10_000, 1, 125, "levels deep"),
    ],
)
def test_text_that_is_no_plain_yaml_is_refused_with_its_place(etc: Etc, text, line, column, words):
    etc.main.write_text(text, encoding="utf-8")
    problem = etc.problem()
    assert (problem.file, problem.line, problem.column) == (etc.main, line, column)
    assert words in problem.message


def test_another_encoding_is_refused_at_its_first_wrong_byte(etc: Etc):
    etc.main.write_bytes("spool: spool\nstate: é\n".encode("latin-1"))
    problem = etc.problem()
    assert (problem.line, problem.column, problem.message) == (2, 8, "not UTF-8 text: save the file as UTF-8")


def test_a_byte_order_mark_does_no_harm(etc: Etc):
    etc.main.write_text(f"\ufeff{MAIN}", encoding="utf-8")
    assert etc.load().settings.language == "fr"


def test_a_file_over_one_megabyte_is_refused_unread(etc: Etc):
    etc.main.write_text(f"{MAIN}#{'x' * 1_000_000}\n", encoding="utf-8")
    assert "larger than 1,000,000 bytes" in etc.problem().message


def test_a_missing_file_is_told(etc: Etc):
    etc.main.unlink()
    assert str(etc.problem()) == f"{etc.main}: there is no such file."


def test_a_pipe_among_the_sheets_does_not_block(etc: Etc):
    os.mkfifo(etc.folder / "sheets" / "pipe.yaml")
    assert etc.problem().message == "not a regular file"


def test_a_missing_folder_of_sheets_is_told_at_its_key(etc: Etc):
    etc.main.write_text(f"{MAIN}sheets: nowhere\n", encoding="utf-8")
    problem = etc.problem()
    assert (problem.line, problem.column, problem.key) == (3, 9, "sheets")
    assert "No such file or directory" in problem.message


_FRAGMENTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["\n", "  ", ": ", "- ", "{", "}", "[", "]", "&a ", "*a", "!!int ", "!x ", "? ", "|\n ", "'", '"', "#", "<<: ",
         "\t", "---\n", "%YAML 1.1\n", "%TAG ! tag:x,2000:\n", "null", "~", ".inf", ".nan", "0x1F", "1:30",
         "2026-01-01", "\r", "\u2028", "\x00", "\\", '"\\ud800"', "spool: ", "state: ", "sheets: ", "limits:\n  ",
         "flow_size: ", "1GB", "journal: ", "sqlite:////", "name: ", "kind: sender\n", "transport:\n  ",
         "protocol: sftp\n", "poll: "]
    ),
)  # fmt: skip
_YAML = st.lists(_FRAGMENTS, max_size=40).map("".join)
_VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
        st.sampled_from(["sftp", "folder", "sender", "receiver", "1GB", "5m", "2030-01-01", "FSO1100A", "..", "a\0b"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
_KEYS = st.sampled_from(
    ["name", "kind", "platform", "environment", "enabled", "structure", "application_code", "interfaces", "transport",
     "certificate", "contact", "ends_on", "poll", "after_fetch", "retry", "profile", "batch", "intake", "spool",
     "state", "journal", "sheets", "limits", "siret", "emission", "reception", "protocol", "key", "passphrase", "host",
     "file", "credential", "every", "cron", "windows", "max_documents", "flow_documents", "ends_on"]
)  # fmt: skip
_TREES = st.recursive(_VALUES, lambda inner: st.dictionaries(_KEYS, inner, max_size=8) | st.lists(inner, max_size=3))


def _loads_or_is_refused(etc: Etc, main: bytes, sheet: bytes) -> None:
    etc.main.write_bytes(main)
    (etc.folder / "sheets" / "chorus.yaml").write_bytes(sheet)
    outcome = _outcome(etc)
    if isinstance(outcome, ConfigError):
        assert isinstance(outcome, InvalidConfigError)
        assert outcome.problems
        assert str(outcome)


def _outcome(etc: Etc) -> Configuration | ConfigError:
    try:
        return load(etc.main)
    except ConfigError as refusal:
        return refusal


_fuzz = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_fuzz
@given(main=_YAML, sheet=_YAML)
def test_random_yaml_is_read_or_refused_but_never_breaks(etc: Etc, main: str, sheet: str):
    _loads_or_is_refused(etc, main.encode("utf-8", "surrogatepass"), (SENDER + sheet).encode("utf-8", "replace"))


@_fuzz
@given(main=_TREES, sheet=_TREES)
def test_known_keys_with_random_values_are_read_or_refused(etc: Etc, main: object, sheet: object):
    import json

    _loads_or_is_refused(etc, json.dumps(main).encode(), json.dumps(sheet).encode())


@_fuzz
@given(data=st.data())
def test_a_damaged_sample_is_read_or_refused(etc: Etc, data: st.DataObject):
    files = []
    for name in list(SAMPLES)[:2]:
        text = sample(name).encode()
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        files.append(text[:start] + data.draw(st.binary(max_size=10)) + text[end:])
    _loads_or_is_refused(etc, *files)
