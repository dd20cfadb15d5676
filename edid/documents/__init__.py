"""What a file is and what it says: identified by content, never by name."""
