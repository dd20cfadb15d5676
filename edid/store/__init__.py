"""Durable writes and the immutable original bytes, addressed by sha256."""
