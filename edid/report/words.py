"""The words of the reports in French and English. The word `valid` belongs to judged documents alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from edid.validation.terms import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        ":": " :",
        "title": "Verdicts d'edid",
        "made": "Établi le {at} par edid {version}",
        "valid": "VALIDE",
        "invalid": "INVALIDE",
        "not judged": "NON CONTRÔLÉ",
        "valid says": "Aucune règle bloquante n'est enfreinte.",
        "invalid says": "Au moins une règle bloquante est enfreinte.",
        "not judged says": "On ne peut rien dire de ce document : un contrôle n'a pas eu lieu.",
        "fatal": "bloquant",
        "warning": "avertissement",
        "information": "information",
        "checked": "Contrôlé avec",
        "nothing asked": "aucun jeu de règles",
        "pack clean": "rien à signaler",
        "pack remarks": "règles enfreintes, non bloquantes : {broken}",
        "pack refuses": "règles enfreintes : {broken}",
        "pack silent": "N'A PAS PU CONTRÔLER",
        "mode warning": "avertit seulement",
        "mode information": "informe seulement",
        "unchecked": "PAS CONTRÔLÉ",
        "no reason": "aucune raison n'est donnée.",
        "early": "Le fichier a été refusé avant tout jeu de règles : d'autres anomalies peuvent apparaître une fois "
        "celle-ci corrigée.",
        "fault": "Une règle s'est interrompue sur ce document, elle n'a rien dit de lui",
        "more faults": "… et {count} autres interruptions de règles.",
        "truncated": "Il existe plus d'anomalies que cette liste n'en montre ; chaque règle enfreinte y figure au "
        "moins une fois.",
        "terms": "Données concernées",
        "where": "Où",
        "line": "ligne {line}",
        "places": "{count} endroits",
        "more places": "… et {count} autres endroits",
        "more findings": "… et {count} autres anomalies, non montrées ici : le format JSON les donne toutes.",
        "found": "Trouvé",
        "expected": "Attendu",
        "remedy": "Que faire",
        "detail": "Détail technique",
        "total": "Documents : {all} ; valides : {valid}, invalides : {invalid}, non contrôlés : {silent}.",
        "none": "Aucun document.",
        "language": "Langue",
        "summary": "Vue d'ensemble",
        "document": "Document",
        "kind": "Nature",
        "number": "Numéro",
        "outcome": "Verdict",
        "profile": "Profil",
        "pack": "Jeu de règles",
        "version": "Version",
        "sha256": "Empreinte SHA-256",
        "said": "Résultat",
        "source": "Extrait du document, autour de la ligne {line}",
        "no findings": "Aucune anomalie.",
        "rows": "{count} autres documents ne sont pas montrés dans ce tableau : le format JSON les donne tous.",
        "details": "Le détail de {count} autres documents n'est pas montré sur cette page : le format JSON le donne.",
    },
    "en": {
        ":": ":",
        "title": "Verdicts of edid",
        "made": "Made on {at} by edid {version}",
        "valid": "VALID",
        "invalid": "INVALID",
        "not judged": "NOT JUDGED",
        "valid says": "No fatal rule is broken.",
        "invalid says": "At least one fatal rule is broken.",
        "not judged says": "Nothing can be said of this document: a check did not run.",
        "fatal": "fatal",
        "warning": "warning",
        "information": "information",
        "checked": "Checked with",
        "nothing asked": "no rule pack",
        "pack clean": "nothing found",
        "pack remarks": "rules broken, none fatal: {broken}",
        "pack refuses": "rules broken: {broken}",
        "pack silent": "COULD NOT CHECK",
        "mode warning": "only warns",
        "mode information": "only informs",
        "unchecked": "NOT CHECKED",
        "no reason": "no reason is given.",
        "early": "The file was refused before any rule pack was asked: more may be found once this is mended.",
        "fault": "A rule broke off on this document, it said nothing of it",
        "more faults": "… and {count} more rules that broke off.",
        "truncated": "There are more findings than this list shows; every broken rule is in it at least once.",
        "terms": "Data concerned",
        "where": "Where",
        "line": "line {line}",
        "places": "{count} places",
        "more places": "… and {count} more places",
        "more findings": "… and {count} more findings, not shown here: the JSON format has them all.",
        "found": "Found",
        "expected": "Expected",
        "remedy": "What to do",
        "detail": "Technical detail",
        "total": "Documents: {all}; valid: {valid}, invalid: {invalid}, not judged: {silent}.",
        "none": "No document.",
        "language": "Language",
        "summary": "Overview",
        "document": "Document",
        "kind": "Kind",
        "number": "Number",
        "outcome": "Verdict",
        "profile": "Profile",
        "pack": "Rule pack",
        "version": "Version",
        "sha256": "SHA-256",
        "said": "Result",
        "source": "From the document, around line {line}",
        "no findings": "No findings.",
        "rows": "{count} more documents are not shown in this table: the JSON format has them all.",
        "details": "The details of {count} more documents are not shown on this page: the JSON format has them.",
    },
}


def word(language: Language, key: str, **values: object) -> str:
    """Return the word or sentence called `key`, with `values` filled in. Raises KeyError for an unknown key."""
    return _WORDS[language][key].format(**values)


def labelled(language: Language, key: str, text: str) -> str:
    """Return `label: text`, with the colon as the language writes it."""
    return f"{word(language, key)}{word(language, ':')} {text}"
