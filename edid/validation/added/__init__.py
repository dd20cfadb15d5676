"""Rule packs that operators add at run time: copied to the state folder, tried, switched on and off.

The daemon needs `AddedRules` alone, which reads; the rest of this room is for `edid rules`.
"""

from edid.validation.added.rules import AddedRules

__all__ = ["AddedRules"]
