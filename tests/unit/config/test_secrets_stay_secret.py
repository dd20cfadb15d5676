"""Whatever an operator pastes where a secret is referred to, no error shows it."""

from __future__ import annotations

import traceback

import pytest

from edid.config.problems import InvalidConfigError
from edid.config.settings import Settings
from edid.errors import ConfigError

from .conftest import MAIN, SENDER, Etc

SECRET = "hunter2-Xq9"
PEM = f"|\n    -----BEGIN OPENSSH PRIVATE KEY-----\n    {SECRET}\n    -----END OPENSSH PRIVATE KEY-----"


def _texts(error: InvalidConfigError) -> str:
    told = "".join(traceback.format_exception(error))
    return "\n".join([str(error), repr(error), repr(error.problems), repr(error.__dict__), told])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{file: keys/chorus}", SECRET, "by reference|never stands in YAML"),
        ("{file: keys/chorus}", PEM, "never stands in YAML"),
        ("{file: keys/chorus}", f"[{SECRET}]", ""),
        ("{file: keys/chorus}", f"{{credential: '{SECRET} !'}}", "expected form"),
        ("{file: keys/chorus}", f"{{password: {SECRET}}}", "unknown key"),
        ("{file: keys/chorus}", f"{{{SECRET}}}", "unknown key"),
        ("{file: keys/chorus}", f"{{file: {{{SECRET}: 1}}}}", ""),
        ("  user: aaa123", f"  user: aaa123\n  passphrase: {SECRET}", "never stands in YAML"),
        ("  user: aaa123", f"  user: aaa123\n  passphrase: *{SECRET}", "anchors"),
        ("  user: aaa123", f"  user: aaa123\n  passphrase: !{SECRET} x", "tags"),
        ("  user: aaa123", f"  user: aaa123\n  passphrase: !{SECRET}!x y", ""),
        ("  user: aaa123", f"  user: aaa123\n  passphrase: a: {SECRET}", "not valid YAML"),
        ("  user: aaa123", f'  user: aaa123\n  passphrase: "\\q{SECRET}"', "not valid YAML"),
        ("  user: aaa123", f"  user: aaa123\n  password: {SECRET}", "never stands in YAML"),
        ("  user: aaa123", f"  user: aaa123\n  api_token: {SECRET}", "never stands in YAML"),
        ("  user: aaa123", f"  user: aaa123\n  passphrse: {SECRET}", "unknown key"),
        ("  user: aaa123", f"  user: aaa123\n  pw: {{is: {SECRET}}}", "unknown key"),
        ("sftp.example.invalid", f"sftp://me:{SECRET}@sftp.example.invalid", "expected form"),
    ],
)
def test_a_secret_in_a_sheet_is_refused_and_never_shown(etc: Etc, old, new, words):
    etc.sheet(SENDER.replace(old, new, 1))
    error = etc.refused()
    assert SECRET not in _texts(error)
    assert any(part in str(error) for part in words.split("|"))
    assert all(problem.file.name == "chorus.yaml" for problem in error.problems)


def test_an_inline_passphrase_is_told_with_what_to_give_instead(etc: Etc):
    problem = etc.sheet_problem("  user: aaa123", f"  user: aaa123\n  passphrase: {SECRET}")
    assert (problem.line, problem.column, problem.key) == (15, 15, "transport.passphrase")
    assert "'credential: NAME'" in problem.message
    assert "'file: PATH'" in problem.message


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://edid:{SECRET}@db/edid",
        f"postgresql+psycopg://edid:{SECRET}@db/edid",
        f"postgresql://edid@db/edid?password={SECRET}",
        f"postgresql://edid@db/edid?sslmode=require&password={SECRET}",
        f"mysql://edid:{SECRET}@db/edid",
        f"postgresql://edid:{SECRET}@[db/edid",
        f"postgresql://edid:{SECRET}\u2100@db/edid",
        f"postgresql://{'x' * 200}:{SECRET}@db/edid",
    ],
)
def test_a_password_in_the_journal_url_is_refused_and_never_shown(etc: Etc, url):
    etc.main.write_text(f"{MAIN}journal: '{url}'\n", encoding="utf-8")
    error = etc.refused()
    assert SECRET not in _texts(error)
    (problem,) = error.problems
    assert (problem.line, problem.column, problem.key, problem.found) == (3, 10, "journal", None)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/edid/journal.db",
        "postgresql://edid@db.example.invalid/edid",
        "postgresql+psycopg:///edid?host=/run/postgresql&passfile=/etc/edid/pgpass",
    ],
)
def test_a_journal_url_without_password_is_taken(etc: Etc, url):
    etc.main.write_text(f"{MAIN}journal: {url}\n", encoding="utf-8")
    assert etc.load().settings.journal == url


@pytest.mark.parametrize("url", ["sqlite:///journal.db", "sqlite://", "journal.db", "mysql://h/d"])
def test_a_journal_that_depends_on_the_working_folder_or_is_no_known_database_is_refused(etc: Etc, url):
    etc.main.write_text(f"{MAIN}journal: '{url}'\n", encoding="utf-8")
    assert (etc.problem().message, etc.problem().found) == ("not a journal URL", f"'{url}'")


def test_the_models_alone_do_not_show_what_they_refuse():
    with pytest.raises(ValueError, match="password") as refusal:
        Settings.model_validate({"spool": "a", "state": "b", "journal": f"postgresql://u:{SECRET}@h/d"})
    assert SECRET not in f"{refusal.value!s}{refusal.value!r}"
    assert not isinstance(refusal.value, ConfigError)
