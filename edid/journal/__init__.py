"""The journal: state of everything, and the append-only events. It is the queue: there is no second list."""
