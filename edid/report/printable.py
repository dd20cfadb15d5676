r"""What a document says, made safe to show: no control character reaches a terminal, an XML file or a page.

Escape sequences that repaint a terminal, marks that turn the direction of reading, characters that XML forbids and
bytes of a file name that are no UTF-8 are all written as a person can see them: `\x1b`, `\u202e`, `\xe9`.
"""

from __future__ import annotations

import re
import unicodedata

VALUE, MESSAGE, PATH = 300, 2_000, 600
"""Most characters shown of a value or name, of a sentence, of an XPath."""

_BLANKS = re.compile(r"[ \t\r\n]+")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def shown(text: str, most: int = VALUE) -> str:
    """Return `text` on one line: blanks joined, unprintable characters visible, at most `most` characters of it.

    What is cut is counted: `abc… (+1,234)`.
    """
    kept = visible(_BLANKS.sub(" ", text[:most]).strip(" "))
    return kept if len(text) <= most else f"{kept}… (+{len(text) - most:,})"


def shown_path(path: str) -> str:
    """Return an XPath as `shown` does, but with its end kept, which says more than its start."""
    return shown(path, PATH) if len(path) <= PATH else "…" + shown(path[-PATH:], PATH)


def visible(text: str) -> str:
    """Return `text` with every character that does not show, or that steers a terminal, written as an escape."""
    if text.isprintable():
        return text
    return "".join(_escape(sign) if unicodedata.category(sign) in _UNSEEN else sign for sign in text)


def _escape(sign: str) -> str:
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8, as Python keeps it in a file name
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
