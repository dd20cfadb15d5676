"""The two corridors: each step reads journal rows, does one thing, commits one transaction, and may be repeated."""
