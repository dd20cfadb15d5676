"""Long base64 contents, shortened before a parser sees them.

An attachment of 70 MB makes a text of 95 MB, which a parser copies and a schema copies again although nobody
reads it. What is taken out here leaves well-formedness, schema validity and line numbers as they were: only
letters, digits, `+` and `/`, in whole groups of four, from the inside of a run that stays at least one block
long; every line break stays. How much was taken out is told, so that sizes stay known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BLANKS = b" \t\r\n"
_PLAIN = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*<(?!\?xml[^>]*\sencoding\s*=\s*["'](?!(?:utf-8|us-ascii|iso-8859-\d+|windows-125\d)["']))""",
    re.IGNORECASE,
)
"""Start of a file whose encoding writes ASCII as ASCII: nothing declared, or one of these names."""


class Block(NamedTuple):
    """What is left of a block of the file."""

    left: bytes
    taken: int = 0
    """Signs of base64 that were taken out, a multiple of four."""


def shortened(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield `blocks` with the inside of long base64 runs taken out. Blocks should be of some 64 KB."""
    return (block.left for block in counted(blocks))


def counted(blocks: Iterator[bytes]) -> Iterator[Block]:
    """Yield what `shortened` does, and how much was taken out of each block.

    The block before one that something was taken out of holds nothing but base64 and blanks: markup, if any, stands
    still farther before.
    """
    plain: bool | None = None
    inside = False
    for block in blocks:
        plain = _PLAIN.match(block) is not None if plain is None else plain
        pure = plain and not block.translate(None, _ALPHABET + _BLANKS)
        yield _inside_out(block) if pure and inside else Block(block)
        inside = pure


def _inside_out(block: bytes) -> Block:
    """Return the line breaks of a pure block, then its last 4 to 7 characters: the end of a run counts."""
    signs = block.translate(None, _BLANKS)
    if len(signs) < 8:
        return Block(block)
    end = signs[-(4 + len(signs) % 4) :]
    return Block(b"\n" * block.count(b"\n") + end, len(signs) - len(end))
