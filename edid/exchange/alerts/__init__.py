"""Silence is an alarm: what should have happened and did not, told once, and taken back when it has."""
