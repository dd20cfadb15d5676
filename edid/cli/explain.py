"""`edid explain`: what a rule, a refusal, a status, a motive, a term or an interface code means, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from edid.cli.explain_statuses import status_data, status_lines
from edid.cli.glossary import close_to, meanings_of
from edid.cli.meaning import Meaning
from edid.cli.output import Format, FormatOption, show
from edid.documents.names import shown
from edid.validation.terms import Language, name_of

COLUMNS = ("word", "kind", "terms", "meaning_fr", "remedy_fr", "meaning_en", "remedy_en", "source")
_MOST_RULES = 30
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {"terms": "Termes : ", "remedy": "Que faire : ", "rules": "Règles : "},
    "en": {"terms": "Terms: ", "remedy": "What to do: ", "rules": "Rules: "},
}


class Languages(StrEnum):
    """Which texts to print."""

    FR = "fr"
    EN = "en"
    BOTH = "both"


_LANGUAGES: Mapping[Languages, tuple[Language, ...]] = {
    Languages.FR: ("fr",),
    Languages.EN: ("en",),
    Languages.BOTH: ("fr", "en"),
}


def explain_command(
    word: Annotated[
        str,
        typer.Argument(
            help="A rule (BR-FR-08), a refusal (IRR_SYNTAX), a status (A_RECYCLER, 210, cdar:210), a motive "
            "(DOUBLON), a business term, an interface code."
        ),
    ],
    language: Annotated[Languages, typer.Option("--language", "-l", help="fr, en or both.")] = Languages.BOTH,
    form: FormatOption = Format.TABLE,
) -> None:
    """Explain a word of a report, a verdict or a sheet, in French and English. Needs no configuration."""
    meanings = meanings_of(word)
    if not meanings:
        raise typer.BadParameter(_unknown(word), param_hint="WORD")
    wanted = _LANGUAGES[language]
    if form is Format.TABLE:
        _tell(meanings, wanted)
    else:
        show([_row(meaning, wanted, form) for meaning in meanings], COLUMNS, form)


def _unknown(word: str) -> str:
    close = close_to(word)
    hint = f" Did you mean {', '.join(close)}?" if close else " Copy it from a report or a verdict."
    return f"edid does not know '{shown(word)}'.{hint}"


def _row(meaning: Meaning, languages: Sequence[Language], form: Format) -> dict[str, Any]:
    lists: dict[str, Any] = {"terms": " ".join(meaning.terms)}
    if form is Format.JSON:
        lists = {
            "terms": meaning.terms,
            "rules": meaning.rules,
            "official": [{"file": file, "message": message} for file, message in meaning.official],
            **status_data(meaning, languages),
        }
    fr, en = "fr" in languages, "en" in languages
    return {
        "word": meaning.word,
        "kind": meaning.kind,
        "meaning_fr": meaning.fr if fr else None,
        "remedy_fr": meaning.remedy_fr if fr else None,
        "meaning_en": meaning.en if en else None,
        "remedy_en": meaning.remedy_en if en else None,
        "source": meaning.source,
        **lists,
    }


def _tell(meanings: Sequence[Meaning], languages: Sequence[Language]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for number, meaning in enumerate(meanings):
        if number:
            console.print()
        console.print(f"[bold]{escape(shown(meaning.word))}[/] ({meaning.kind})")
        for language in languages:
            for line in _lines(meaning, language):
                console.print(f"  {line}", markup=False)
        for message, files in _by_message(meaning).items():
            console.print(f"  {', '.join(files)}: {message}", markup=False)
        if meaning.source:
            console.print(f"  Source: {meaning.source}", markup=False)


def _lines(meaning: Meaning, language: Language) -> Iterator[str]:
    words = _WORDS[language]
    yield meaning.fr if language == "fr" else meaning.en
    remedy = meaning.remedy_fr if language == "fr" else meaning.remedy_en
    if remedy and all(remedy not in {todo.action.what_fr, todo.action.what_en} for todo in meaning.todos):
        yield f"{words['remedy']}{remedy}"
    yield from status_lines(meaning, language)
    if meaning.terms:
        yield words["terms"] + ", ".join(f"{term} {name_of(term, language) or ''}".strip() for term in meaning.terms)
    if meaning.rules:
        more = ", ..." if len(meaning.rules) > _MOST_RULES else ""
        yield f"{words['rules']}{', '.join(meaning.rules[:_MOST_RULES])}{more}"


def _by_message(meaning: Meaning) -> dict[str, list[str]]:
    """Several rule files often say the same of a rule."""
    files: dict[str, list[str]] = {}
    for file, message in meaning.official:
        files.setdefault(message, []).append(file)
    return files
