"""The reliable audit trail: verify the chain of events, export, anchor, back up, purge what is past its time."""
