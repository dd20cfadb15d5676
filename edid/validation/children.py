"""Why a child element cannot stand where it stands: unknown, missing before it, out of order, or one too many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

from edid.documents.xml import Element
from edid.validation.places import name_of, readable
from edid.validation.wording import SHORT_LIST, Words

if TYPE_CHECKING:
    from xmlschema.validators import XMLSchemaChildrenValidationError, XsdGroup


def explain_child(error: XMLSchemaChildrenValidationError, prefixes: Mapping[str, str]) -> Words:
    """Return the words for an error of xmlschema about the children of one element.

    `prefixes`: namespace -> prefix of the document.
    """
    parent = cast("Element", error.elem)
    wanted = [_Particle(each, prefixes) for each in error.expected or ()]
    child = cast("Element | None", error.invalid_child)
    if child is None:
        return _incomplete(parent, wanted)
    group = cast("XsdGroup", error.validator)
    model = {each.name: each for each in group.iter_elements() if each.name}
    if child.tag not in model:
        return _unknown(parent, child, wanted, model, prefixes)
    most = model[child.tag].max_occurs
    if most is not None and (count := len(_twins(child)) + 1) > most:
        return _too_many(parent, child, count, most)
    before = next(child.itersiblings("*", preceding=True), None)
    order = list(model)
    if before is not None and before.tag in model and order.index(child.tag) < order.index(before.tag):
        return _too_late(parent, child, before)
    required = [each for each in wanted if each.required]
    if late := [each for each in required if _stands_after(child, each.tag)]:
        return _out_of_order(child, late[0])
    return _missing(parent, child, required or wanted) if wanted else _nothing_more(parent, child)


class _Particle:
    """An element or a wildcard that the content model takes at this point."""

    def __init__(self, particle: Any, prefixes: Mapping[str, str]) -> None:  # noqa: ANN401 - untyped in xmlschema
        self.tag: str | None = particle.name
        self.name = readable(particle.name, prefixes) if particle.name else "any element"
        self.required: bool = particle.min_occurs > 0


def _choice(wanted: list[_Particle]) -> str | None:
    names = [each.name for each in wanted]
    if not names:
        return None
    return names[0] if len(names) == 1 else "one of " + ", ".join(names)


def _short(wanted: list[_Particle]) -> str:
    return _choice(wanted) or "more" if len(wanted) <= SHORT_LIST else "a required element"


def _incomplete(parent: Element, wanted: list[_Particle]) -> Words:
    required = [each for each in wanted if each.required] or wanted
    return Words(
        f"{name_of(parent)} is not complete: {_short(required)} is missing at its end.",
        expected=_choice(required),
        remedy=f"Add {_short(required)} at the end of {name_of(parent)}.",
    )


def _unknown(
    parent: Element,
    child: Element,
    wanted: list[_Particle],
    model: Mapping[str, object],
    prefixes: Mapping[str, str],
) -> Words:
    local = etree.QName(child).localname
    twins = [name for name in model if name.rpartition("}")[2] == local]
    if twins:
        return _other_namespace(child, twins[0], prefixes)
    return Words(
        f"{name_of(child)} is unknown here: it is no part of {name_of(parent)}.",
        found=name_of(child),
        expected=_choice(wanted),
        remedy=f"Remove {name_of(child)}, or correct its name.",
    )


def _other_namespace(child: Element, twin: str, prefixes: Mapping[str, str]) -> Words:
    right = twin[1:].partition("}")[0] if twin.startswith("{") else "no namespace"
    wrong = etree.QName(child).namespace or "no namespace"
    return Words(
        f"{name_of(child)} is in the wrong namespace: {readable(twin, prefixes)} belongs to {right}.",
        found=f"{name_of(child)} in {wrong}",
        expected=f"{readable(twin, prefixes)} in {right}",
        remedy="Correct the prefix or the namespace declaration.",
    )


def _out_of_order(child: Element, late: _Particle) -> Words:
    return Words(
        f"{late.name} stands too late: it must come before {name_of(child)}.",
        found=name_of(child),
        expected=late.name,
        remedy=f"Move {late.name} before {name_of(child)}.",
    )


def _missing(parent: Element, child: Element, required: list[_Particle]) -> Words:
    return Words(
        f"{_short(required)} is missing in {name_of(parent)}, before {name_of(child)}.",
        found=name_of(child),
        expected=_choice(required),
        remedy=f"Add {_short(required)} before {name_of(child)}.",
    )


def _nothing_more(parent: Element, child: Element) -> Words:
    name = name_of(child)
    return Words(
        f"{name} cannot stand here: {name_of(parent)} is complete before it.", found=name, remedy=f"Remove {name}."
    )


def _too_many(parent: Element, child: Element, count: int, most: int) -> Words:
    name = name_of(child)
    return Words(
        f"{name} occurs {count} times in {name_of(parent)}; at most {most} may stand there.",
        found=f"{count} times {name}",
        expected=f"at most {most}",
        remedy=f"Keep at most {most}.",
    )


def _too_late(parent: Element, child: Element, before: Element) -> Words:
    name = name_of(child)
    return Words(
        f"{name} stands too late in {name_of(parent)}: it cannot come after {name_of(before)}.",
        found=f"{name} after {name_of(before)}",
        expected=f"{name} before {name_of(before)}",
        remedy=f"Move {name} up to its place in {name_of(parent)}.",
    )


def _twins(child: Element) -> list[Element]:
    return [each for each in child.itersiblings("*", preceding=True) if each.tag == child.tag]


def _stands_after(child: Element, tag: str | None) -> bool:
    return tag is not None and any(each.tag == tag for each in child.itersiblings("*"))
