# ruff: noqa: PT018 - what holds for every input, said in one line each
"""edid.yaml and the sheets."""

from __future__ import annotations

from pathlib import Path

from edid.config.loader import load
from edid.config.problems import InvalidConfigError
from edid.config.sample import SAMPLES, sample
from edid.config.yaml_file import read
from tests.fuzz.mutation import either, fields, numbers, plain_bytes, words
from tests.fuzz.target import Target, desk

_MAIN = "spool: spool\nstate: /var/lib/edid\n"
_MOST_PROBLEMS = 5_000


def _yaml(data: bytes) -> None:
    at = desk()
    at.lay(data)
    try:
        file = read(at.path)
    except InvalidConfigError as error:
        _must_be_told(error, data)
        return
    assert isinstance(file.value(), dict)
    assert all(line >= 1 and column >= 1 for place in file.places.values() for line, column in (place.at, place.key_at))
    assert [str(problem) for problem in read(at.path).problems] == [str(problem) for problem in file.problems]


def _sheet(data: bytes) -> None:
    """Load a configuration whose one sheet is `data`."""
    _load(_MAIN.encode(), data)


def _settings(data: bytes) -> None:
    """Load a configuration whose edid.yaml is `data`."""
    _load(data, None)


def _load(main: bytes, sheet: bytes | None) -> None:
    at = desk()
    at.lay(sheet or b"")
    etc = at.work / "etc"
    (etc / "sheets").mkdir(parents=True)
    (etc / "edid.yaml").write_bytes(main)
    if sheet is not None:
        (etc / "sheets" / "chorus.yaml").write_bytes(sheet)
    try:
        found = load(etc / "edid.yaml")
    except InvalidConfigError as error:
        _must_be_told(error, main + (sheet or b""))
        return
    for each in found.sheets.values():
        assert type(each).model_validate(each.model_dump(), context={"folder": Path("/")}) is not None
    assert all(str(warning) for warning in found.warnings)


def _must_be_told(error: InvalidConfigError, data: bytes) -> None:
    assert error.problems and len(error.problems) <= _MOST_PROBLEMS
    told = str(error)
    assert told.encode() and len(told) < 20_000 + 40 * len(data), "more is told than a person reads"


def _samples() -> tuple[bytes, ...]:
    odd = (b"a: &x [1]\nb: *x\n", b"%YAML 1.1\n---\na: !!int 1\n", b"\xef\xbb\xbfa: \xc3\xa9\n", b"? [a]\n: b\n",
           b"a: |\n  b\n",
           b'a: "\\ud800"\n', b"{a: {b: [c, {d: 0o17}]}}", b"a: 1:30\nb: 0x1f\nc: .inf\nd: 2026-11-23\n",
           b"e: ~\n<<: 1\n")  # fmt: skip
    return (*(_short(sample(name)) for name in SAMPLES), *odd)


def _sheets() -> tuple[bytes, ...]:
    routing = b"""
routing:
  agencies:
    - {name: Alpha, service_codes: [A1], folder: alpha}
  rules:
    - {name: r1, folder: achats, when: {service_codes: "S1", amount: {min: 10, max: 20.5}, frames: A4-A8}}
    - {name: r2, exclude: because, when: {suppliers: ["732829320"], document_types: credit-note}}
filing: {folder: "{day}/{number}", invoice: "{type}", readable: null}
"""
    sheets = [_short(sample(name)) for name in SAMPLES if name.startswith("sheets/")]
    return (*sheets, *(each + routing for each in sheets))


def _short(text: str) -> bytes:
    """Leave the comments out of a sample."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")).encode()


_LINES = either(plain_bytes, words, words, numbers, fields(b"\n"), fields(b": "), fields(b"  "))
TARGETS = (
    Target("yaml", _yaml, _samples, _LINES, weight=0.3),
    Target("sheets", _sheet, _sheets, _LINES, weight=0.1),
    Target("settings", _settings, lambda: (_short(sample("edid.yaml")), _MAIN.encode()), _LINES, weight=0.2),
)
