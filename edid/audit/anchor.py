"""Where the chain ends, noted outside the database once a day: the past cannot be rewritten behind it.

A note is `anchor-<day>.json`, one line of canonical JSON with `at`, `event` and `hash`; its signature, if there is a
key, is `anchor-<day>.sig`: the 64 bytes of Ed25519 (RFC 8032) over the bytes of the note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
    load_ssh_private_key,
    load_ssh_public_key,
)

from edid.audit.fault import Fault, Wrong
from edid.audit.mentions import is_sha256
from edid.clock import now
from edid.config.audit import Anchor
from edid.config.credentials import read_secret
from edid.errors import ConfigError, OperatorError
from edid.journal import chain
from edid.journal.database import Journal
from edid.store.durable import durable_write

_NAME = re.compile(r"anchor-\d{4}-\d{2}-\d{2}\.json")
_MAX_BYTES = 4096


@dataclass(slots=True)
class Anchors:
    """The notes of a folder: the hash and the note's name by event, and what is wrong with the notes themselves."""

    known: dict[int, tuple[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def anchor(journal: Journal, settings: Anchor, at: datetime | None = None) -> Path | None:
    """Note where the chain ends, durably, unless today's note stands already; return the new note.

    None also when no folder is set, or nothing happened yet. Raises ConfigError when the key cannot be used,
    OperatorError when the folder cannot be written.
    """
    if settings.folder is None:
        return None
    moment = at or now()
    note = settings.folder / f"anchor-{moment.date().isoformat()}.json"
    if note.exists():
        return None
    with journal.reading() as view:
        head = chain.standing(view)
    if head is None or head.event_id == 0:
        return None
    content = chain.canonical({"at": chain.written(moment), "event": head.event_id, "hash": head.hash}) + "\n"
    signature = None if settings.key is None else private_key(read_secret(settings.key)).sign(content.encode())
    try:
        settings.folder.mkdir(parents=True, exist_ok=True)
        if signature is not None:
            durable_write(
                note.with_suffix(".sig"), signature, owner="anchor"
            )  # first: a note that stands is a whole one
        durable_write(note, content.encode(), owner="anchor")
    except OSError as error:
        raise OperatorError(
            f"the anchor {note} cannot be written: {error.strerror}.",
            remedy="Mend the rights or the disk there; see audit.anchor.folder in edid.yaml.",
        ) from error
    return note


def anchors(folder: Path, key: Ed25519PublicKey | None) -> Anchors:
    """Read the notes of `folder` in the order of their days; with `key` their signatures must be right."""
    found = Anchors()
    for path in sorted(folder.glob("anchor-*.json")):
        if not _NAME.fullmatch(path.name):
            continue
        try:
            content = _start(path)
            data = json.loads(content)
            event, known = data["event"], data["hash"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            found.faults.append(Fault(Wrong.ANCHOR_UNREADABLE, detail=path.name))
            continue
        if not isinstance(event, int) or not is_sha256(known):
            found.faults.append(Fault(Wrong.ANCHOR_UNREADABLE, detail=path.name))
            continue
        if found.known.get(event, (known,))[0] != known:
            found.faults.append(Fault(Wrong.ANCHOR, event, detail=path.name))
        else:
            found.known[event] = known, path.name
        found.faults += _signature(path, content, key)
    return found


def private_key(secret: str) -> Ed25519PrivateKey:
    """Return the key that `secret` holds. Raises ConfigError, which never holds the secret."""
    load = load_ssh_private_key if "BEGIN OPENSSH" in secret else load_pem_private_key
    try:
        key = load(secret.encode() + b"\n", None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(
            "The key of audit.anchor.key is no Ed25519 key without passphrase.",
            remedy="Make one with: ssh-keygen -t ed25519 -N '' -f anchor (or: openssl genpkey -algorithm ed25519)",
        )
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Return the public key in the file `path`, PEM or OpenSSH form. Raises ConfigError."""
    try:
        content = path.read_bytes()
        key = (load_pem_public_key if content.startswith(b"-----") else load_ssh_public_key)(content)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"{path} holds no public key.", remedy="Give one in PEM or OpenSSH form.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"{path} holds no Ed25519 public key.", remedy="Give that of audit.anchor.key.")
    return key


def _signature(path: Path, content: bytes, key: Ed25519PublicKey | None) -> Iterator[Fault]:
    if key is None:
        return
    try:
        key.verify(_start(path.with_suffix(".sig")), content)
    except (OSError, InvalidSignature):
        yield Fault(Wrong.ANCHOR_SIGNATURE, detail=path.name)


def _start(path: Path) -> bytes:
    """Return the first bytes of a file: all of a note or a signature."""
    with path.open("rb") as file:
        return file.read(_MAX_BYTES)
