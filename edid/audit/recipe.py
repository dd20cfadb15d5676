"""What an archive says of itself: how to read it, and how to check it without edid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_README_EN = """AUDIT ARCHIVE

report.en.html   what happened to each document, for people (report.fr.html: in French)
documents.jsonl  each document: what was read in it, its verdict, its statuses; one JSON object a line
originals/       the bytes of dropped files and of documents, each named by its SHA-256
flows/           the flows that carried them to the partner, where their bytes are others than the documents'
returns/         the flows that brought reports, statuses and received documents
chain.jsonl      the events, each with the hash of the one before
anchor-*.json    a note of the hash of the chain, made outside the database on that day, if there is one
missing.txt      hashes of bytes that are not kept any more: purged after their retention, or lost

To check it, in this folder, without edid:

1. sha256sum --check SHA256SUMS
2. python3 check_archive.py

The second step reads chain.jsonl. For each line:
   digest = SHA-256 of "event" as JSON with sorted keys, without blanks, other than ASCII as \\uXXXX
            (a line without "event" is about something else; its digest is given)
   hash   = SHA-256 of the text of "previous" (64 characters) followed by the text of the digest (64 characters)
   previous = the hash of the line before
It then computes the SHA-256 of every original and says whether an event names it; the event was written when the bytes
were stored. Last, it looks for the hash of the anchor in the chain. The signature of an anchor (64 bytes of Ed25519)
is checked with the operator's public key:
   openssl pkeyutl -verify -pubin -inkey anchor.pub.pem -rawin -in anchor-DAY.json -sigfile anchor-DAY.sig
"""
_README_FR = """ARCHIVE DE PISTE D'AUDIT

report.fr.html   ce qui est arrivé à chaque document, pour les personnes (report.en.html : en anglais)
documents.jsonl  chaque document : ce qui y a été lu, son verdict, ses statuts ; un objet JSON par ligne
originals/       les octets des fichiers déposés et des documents, chacun nommé par son empreinte SHA-256
flows/           les flux qui les ont portés au partenaire, quand leurs octets ne sont pas ceux des documents
returns/         les flux qui ont apporté comptes rendus, statuts et documents reçus
chain.jsonl      les événements, chacun avec l'empreinte de celui qui le précède
anchor-*.json    une note de l'empreinte de la chaîne, faite hors de la base ce jour-là, s'il y en a une
missing.txt      empreintes des octets qui ne sont plus conservés : purgés après leur délai, ou perdus

Pour la vérifier, dans ce dossier, sans edid :

1. sha256sum --check SHA256SUMS
2. python3 check_archive.py

La seconde étape lit chain.jsonl. Pour chaque ligne :
   digest = SHA-256 de « event » écrit en JSON, clés triées, sans blancs, hors ASCII sous la forme \\uXXXX
            (une ligne sans « event » parle d'autre chose ; son digest est donné)
   hash   = SHA-256 du texte de « previous » (64 caractères) suivi du texte du digest (64 caractères)
   previous = l'empreinte de la ligne précédente
Elle calcule ensuite l'empreinte SHA-256 de chaque original et dit si un événement la nomme ; l'événement a été écrit
quand les octets ont été conservés. Enfin elle cherche dans la chaîne l'empreinte de l'ancrage. La signature d'un
ancrage (64 octets Ed25519) se vérifie avec la clé publique de l'exploitant :
   openssl pkeyutl -verify -pubin -inkey anchor.pub.pem -rawin -in anchor-JOUR.json -sigfile anchor-JOUR.sig
"""
MEMBERS: Final[Mapping[str, str]] = {
    "README.txt": _README_EN,
    "LISEZ-MOI.txt": _README_FR,
    "check_archive.py": (Path(__file__).parent / "check_archive.txt").read_text(encoding="utf-8"),
}
"""The members that are the same in every archive."""
