"""The daemon: start, stop, reload, schedule, supervise."""
