from __future__ import annotations

import pytest
from pydantic import ValidationError

from edid.config.filing import PLACEHOLDERS, Filing


def refusal(**keys: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Filing.model_validate(keys)
    return str(caught.value)


def test_the_defaults_file_by_day_supplier_and_number() -> None:
    assert Filing().folder == "{day}/{supplier}_{number}"
    assert Filing.model_validate(Filing().model_dump()) == Filing()


def test_an_unknown_placeholder_is_refused_and_the_known_ones_are_named() -> None:
    told = refusal(folder="{day}/{siren}_{number}")
    assert "{siren}" in told
    assert all(f"{{{name}}}" in told for name in PLACEHOLDERS)


@pytest.mark.parametrize(
    "folder",
    [
        "",
        "/{number}",
        "{day}//{number}",
        "{day}/{number}/",
        "../{number}",
        "./{number}",
        ".hidden/{number}",
        "a/../{number}",
        "{day}\\{number}",
        "C:/{number}",
        "{day}/{number}.",
        " {number}",
        "{day}\n/{number}",
        "a\0/{number}",
        "{}/{number}",
        "{0}/{number}",
        "{number!r}",
        "{number:>20}",
        "{number.__class__}",
        "{number[0]}",
        "{{number}}",
        "{number",
        "number}",
        "a/" * 8 + "{number}",
        "a" * 200 + "{number}",
    ],
)
def test_a_template_that_could_surprise_is_refused(folder: str) -> None:
    assert refusal(folder=folder)


@pytest.mark.parametrize("folder", ["{day}", "{number}/{day}", "all", "{supplier}_{date}"])
def test_the_last_folder_tells_invoices_apart(folder: str) -> None:
    assert "must tell invoices apart" in refusal(folder=folder)


@pytest.mark.parametrize("name", ["facts.json", "Verdict.JSON", "verdict.txt", "a/b.pdf", "{nombre}.pdf", "..", ""])
def test_a_file_name_is_plain_and_not_one_of_edids_own(name: str) -> None:
    assert refusal(readable=name)
    assert refusal(invoice=name)
