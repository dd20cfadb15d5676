"""What libxml2 says of a broken schema, in plain English, with what was found, what was expected, what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from edid.validation.places import readable

LONGEST = 120
"""Characters of a value that a finding shows."""

SHORT_LIST = 4
"""Names that a sentence lists; longer lists stand in `expected` only."""

_HEAD = re.compile(
    r"Element '(?P<element>.*?)'(?:, attribute '(?P<attribute>.*?)')?: (?:\[facet '\w+'\] )?(?P<rest>.*)", re.DOTALL
)
_TYPES = {
    "date": "a date such as 2026-11-23",
    "dateTime": "a date and time such as 2026-11-23T08:30:00",
    "time": "a time such as 08:30:00",
    "decimal": "a number with a decimal point, such as 1234.50",
    "integer": "a whole number",
    "nonNegativeInteger": "a whole number, zero or more",
    "positiveInteger": "a whole number, one or more",
    "boolean": "true or false",
    "base64Binary": "base64 text",
    "anyURI": "a web address (URI)",
    "normalizedString": "text on one line",
    "language": "a language code such as fr",
}


class Words(NamedTuple):
    """A message of the schema, taken apart."""

    message: str
    attribute: str | None = None
    found: str | None = None
    expected: str | None = None
    remedy: str = "Correct this place and send the document again."
    value_unsaid: bool = False
    """True when the message is about a value that it does not tell."""


_Builder = Callable[[str, "re.Match[str]"], Words]


def words(message: str, prefixes: Mapping[str, str], value: str | None = None) -> Words:
    """Put a libxml2 schema message in plain English.

    `prefixes`: namespace -> prefix of the document. `value`: what stands at that place, when the caller knows it;
    some messages do not say it.
    """
    message = _bounded(message.strip())
    head = _HEAD.fullmatch(message)
    if head is None:
        return Words(readable(shortened(message, 3 * LONGEST), prefixes))
    attribute = head["attribute"] and readable(head["attribute"], prefixes)
    element = readable(head["element"], prefixes)
    place = f"attribute {attribute} of {element}" if attribute else element
    for pattern, build in _RULES:
        if match := pattern.fullmatch(head["rest"]):
            made = build(place, match)
            break
    else:
        made = Words(f"{place}: {shortened(head['rest'], 3 * LONGEST)}")
    known = value if made.value_unsaid and not attribute else made.found
    return Words(
        readable(made.message, prefixes),
        attribute,
        shortened(known) if known is not None else None,
        readable(made.expected, prefixes) if made.expected else None,
        readable(made.remedy, prefixes),
    )


def type_in_words(name: str | None) -> str:
    """Return what a value of the XSD type `name` (with or without prefix) looks like."""
    kind = (name or "").rpartition(":")[2]
    return _TYPES.get(kind, f"a value of the type {kind}" if kind else "a value of the type of this element")


def shortened(value: str, longest: int = LONGEST) -> str:
    """Return `value`, cut where it is too long to show."""
    return value if len(value) <= longest else f"{value[: longest - 1]}\u2026"


def _bounded(message: str) -> str:
    # A value of megabytes stands in the middle of its message; what matters is around it.
    return message if len(message) <= 8000 else f"{message[:3000]}\u2026{message[-4000:]}"


def one_of(names: str) -> str:
    """Return the names of a libxml2 list (`a, b, c`, perhaps with wildcards) as a choice."""
    parts = [part.strip() for part in names.split(", ")]
    return parts[0] if len(parts) == 1 else "one of " + ", ".join(parts)


def _not_expected(place: str, match: re.Match[str]) -> Words:
    if not match["names"]:
        return Words(f"{place} cannot stand here: nothing more is expected.", found=place, remedy=f"Remove {place}.")
    expected = one_of(match["names"])
    short = expected if expected.count(",") < SHORT_LIST else "another element"
    return Words(
        f"{place} cannot stand here: {short} is expected.",
        found=place,
        expected=expected,
        remedy=f"Write {short} here, or remove {place}.",
    )


def _incomplete(place: str, match: re.Match[str]) -> Words:
    expected = one_of(match["names"])
    return Words(f"{place} is not complete: {expected} is missing.", expected=expected, remedy=f"Add {expected}.")


def _not_in_list(place: str, match: re.Match[str]) -> Words:
    allowed = one_of(match["set"].replace("'", ""))
    return Words(
        f"'{shortened(match['value'])}' is not a value that {place} may have.",
        found=match["value"],
        expected=allowed,
        remedy="Use one of the values listed.",
    )


def _length(place: str, match: re.Match[str]) -> Words:
    how = {"exceeds": "at most", "underruns": "at least", "differs": "exactly"}[match["how"]]
    return Words(
        f"{place} has {match['length']} characters; {how} {match['limit']} are allowed.",
        found=match["value"],
        expected=f"{how} {match['limit']} characters",
        remedy=f"Write {how} {match['limit']} characters.",
        value_unsaid=match["value"] is None,
    )


def _pattern(place: str, match: re.Match[str]) -> Words:
    return Words(
        f"'{shortened(match['value'])}' does not have the form of {place}.",
        found=match["value"],
        expected=f"the pattern {match['pattern']}",
        remedy="Write the value in the form expected.",
    )


def _bound(place: str, match: re.Match[str]) -> Words:
    how = "at most" if match["how"].startswith("greater") else "at least"
    return Words(
        f"{place} is {match['value']}; it may be {how} {match['limit']}.",
        found=match["value"],
        expected=f"{how} {match['limit']}",
        remedy="Use a value within the bound.",
    )


def _bad_value(place: str, match: re.Match[str]) -> Words:
    expected = type_in_words(match["type"])
    return Words(
        f"'{shortened(match['value'])}' in {place} is not {expected}.",
        found=match["value"],
        expected=expected,
        remedy=f"Write {expected}.",
    )


def _attribute_not_allowed(place: str, match: re.Match[str]) -> Words:
    return Words(f"the {place} is not allowed.", found=match["name"], expected="no such attribute", remedy="Remove it.")


def _attribute_missing(place: str, match: re.Match[str]) -> Words:
    name = match["name"]
    return Words(f"{place} has no attribute {name}.", expected=f"attribute {name}", remedy=f"Add the attribute {name}.")


def _text_between(place: str, _match: re.Match[str]) -> Words:
    return Words(
        f"{place} holds text of its own; only elements may stand in it.",
        expected="elements only",
        remedy="Remove the text.",
    )


def _must_be_empty(place: str, _match: re.Match[str]) -> Words:
    return Words(f"{place} must be empty.", expected="no content", remedy="Remove what stands in it.")


def _elements_in_text(place: str, _match: re.Match[str]) -> Words:
    return Words(
        f"{place} holds elements; only a value may stand in it.", expected="a value", remedy="Write a value only."
    )


def _other_root(place: str, _match: re.Match[str]) -> Words:
    return Words(
        f"{place} is not a document of this format.",
        found=place,
        expected="the root element and namespace of the format",
        remedy="Check the name and the namespace of the root element.",
    )


_LENGTH = (
    r"The value (?:'(?P<value>.*)' )?has a length of '(?P<length>\d+)'; "
    r"this (?P<how>exceeds|underruns|differs)[a-z ]*'(?P<limit>\d+)'\."
)
_BOUND = (
    r"The value '(?P<value>.*)' (?:is|must be) (?P<how>greater|less) than the (?:maximum|minimum) "
    r"value allowed \('(?P<limit>.*)'\)\."
)
_RULES: tuple[tuple[re.Pattern[str], _Builder], ...] = tuple(
    (re.compile(pattern, re.DOTALL), build)
    for pattern, build in (
        (r"This element is not expected\.(?: Expected is (?:one of )?\( (?P<names>.*) \)\.)?", _not_expected),
        (r"Missing child element\(s\)\. Expected is (?:one of )?\( (?P<names>.*) \)\.", _incomplete),
        (r"The value '(?P<value>.*)' is not an element of the set \{(?P<set>.*)\}\.", _not_in_list),
        (_LENGTH, _length),
        (r"The value '(?P<value>.*)' is not accepted by the pattern '(?P<pattern>.*)'\.", _pattern),
        (_BOUND, _bound),
        (r"'(?P<value>.*)' is not a valid value of the .*type(?: '(?P<type>.*)')?\.", _bad_value),
        (r"'(?P<value>.*)(?P<type>)", _bad_value),  # libxml2 cuts the end of a message about a huge value
        (r"The attribute '(?P<name>.*)' is not allowed\.", _attribute_not_allowed),
        (r"The attribute '(?P<name>.*)' is required but missing\.", _attribute_missing),
        (r"Character content other than whitespace is not allowed.*", _text_between),
        (r"(?:Character c|Character or element c|C)ontent is not allowed.*", _must_be_empty),
        (r"Element content is not allowed.*", _elements_in_text),
        (r"No matching global (?:element )?declaration available for the validation root\.", _other_root),
    )
)
