"""What the rule of a finding means to whoever reads a note, in his language.

The findings themselves are technical and in English; the accountant who opens a note needs one plain sentence and one
thing to do.
"""

from __future__ import annotations

from collections.abc import Mapping

from edid.flows.irr import Language, Reason, reason

_OWN: Mapping[str, Reason] = {
    own.code: own
    for own in (
        Reason(
            "XSD",
            fr="Le document ne respecte pas le schéma XML de son format.",
            en="The document breaks the XML schema of its format.",
            remedy_fr="Corrigez l'endroit indiqué dans le logiciel qui produit le document.",
            remedy_en="Mend the place named in the software that makes the document.",
        ),
        Reason(
            "EDID_NOT_A_FILE",
            fr="Ce n'est pas un fichier ordinaire (lien symbolique, tube, périphérique) : il n'a pas été lu.",
            en="It is no ordinary file (symbolic link, pipe, device): it was not read.",
            remedy_fr="Déposez le fichier lui-même, par copie ou par déplacement.",
            remedy_en="Drop the file itself: copy it or move it.",
        ),
        Reason(
            "EDID_UNREADABLE",
            fr="Le service edid n'a pas le droit de lire ce fichier.",
            en="The edid service has no right to read this file.",
            remedy_fr="Donnez au groupe d'edid le droit de le lire (chmod g+r), puis déposez-le à nouveau.",
            remedy_en="Give edid's group the right to read it (chmod g+r), then drop it again.",
        ),
        Reason(
            "EDID_READ_ERROR",
            fr="Le disque n'a pas rendu tous les octets de ce fichier.",
            en="The disk did not give back every byte of this file.",
            remedy_fr="Faites-le écrire à nouveau par le logiciel qui le produit ; contrôlez le disque du spool.",
            remedy_en="Have the software that makes it write it again; have the disk of the spool checked.",
        ),
        Reason(
            "EDID_PDF",
            fr="Le PDF est endommagé, chiffré ou ne peut pas être lu.",
            en="The PDF is damaged, encrypted or cannot be read.",
            remedy_fr="Produisez à nouveau le PDF Factur-X, sans mot de passe.",
            remedy_en="Make the Factur-X PDF again, without password.",
        ),
    )
}


def meaning(rule: str, language: Language) -> tuple[str, str] | None:
    """Return what `rule` (IRR_*, EDID_*, XSD) means and what to do, or None for a rule that speaks for itself."""
    found = reason(rule) or _OWN.get(rule)
    return None if found is None else (found.meaning(language), found.remedy(language))
