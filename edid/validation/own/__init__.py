"""Rule packs of edid's own, written in Python: they read the facts of a document, not its syntax."""
