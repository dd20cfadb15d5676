"""An answer as bytes: JSON, CSV or XML, as the sheet wants it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from lxml import etree

from edid.config.answers import Answers
from edid.exchange.answers.answer import Answer, Value
from edid.exchange.answers.columns import named, names, written
from edid.exchange.answers.lettering import codec, fitted, mark

_ENDS: Final = {"crlf": "\r\n", "lf": "\n"}
_SEPARATORS: Final = {"tab": "\t"}
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def whole(answer: Answer, settings: Answers) -> bytes:
    """Return the content of a file that holds one answer."""
    if settings.form == "csv":
        return beginning(settings) + line(answer, settings)
    if settings.form == "xml":
        return _xml(answer, settings)
    return mark(settings.encoding) + _json(answer, settings, indent=2)


def beginning(settings: Answers) -> bytes:
    """Return what a file begins with before its first answer: a byte order mark, the names of the columns."""
    first = mark(settings.encoding)
    if settings.form == "csv" and settings.csv.header:
        first += _csv(names(settings), settings)
    return first


def line(answer: Answer, settings: Answers) -> bytes:
    """Return an answer as one line of a growing file."""
    if settings.form == "csv":
        return _csv((written(value, settings) for _, value in named(answer, settings)), settings)
    return _json(answer, settings, indent=None)


def _csv(values: Iterable[str], settings: Answers) -> bytes:
    text = _separator(settings).join(_cell(value, settings) for value in values) + _ENDS[settings.csv.line_end]
    return text.encode(codec(settings.encoding))


def _separator(settings: Answers) -> str:
    return _SEPARATORS.get(settings.csv.separator, settings.csv.separator)


def _cell(value: str, settings: Answers) -> str:
    """Return one value on one line. The nearest letters come before the quotes: they may be quotes themselves."""
    plain = "".join(sign if sign.isprintable() else " " for sign in fitted(value, settings.encoding))
    if settings.csv.quoting == "never":
        return plain.replace(_separator(settings), " ").replace('"', " ")
    if settings.csv.quoting == "all" or _separator(settings) in plain or '"' in plain:
        return '"' + plain.replace('"', '""') + '"'
    return plain


def _json(answer: Answer, settings: Answers, indent: int | None) -> bytes:
    data = {name: _data(value, settings) for name, value in named(answer, settings)}
    only_ascii = not settings.encoding.startswith("utf-8")
    text = json.dumps(data, ensure_ascii=only_ascii, indent=indent) + "\n"
    return text.encode(codec(settings.encoding), errors="replace")


def _data(value: Value, settings: Answers) -> Any:  # noqa: ANN401 - JSON data
    """Return a value for JSON: numbers of rows stay numbers, amounts are texts (no binary fractions)."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, tuple):
        return [dict(item) for item in value]
    return written(value, settings)


def _xml(answer: Answer, settings: Answers) -> bytes:
    root = etree.Element("answer")
    for name, value in named(answer, settings):
        element = etree.SubElement(root, name)
        if not isinstance(value, tuple):
            element.text = _clean(written(value, settings))
            continue
        for item in value:
            inner = etree.SubElement(element, "item")
            for part, text in item.items():
                etree.SubElement(inner, part).text = _clean(text)
    etree.indent(root)
    content: bytes = etree.tostring(root, encoding=codec(settings.encoding), xml_declaration=True)
    return mark(settings.encoding) + content + b"\n"


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
