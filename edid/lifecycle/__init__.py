"""Lifecycle: what the platform's words mean, which flow or invoice they are about, what holds now."""
