"""`python -m edid` is the command `edid`."""

from edid.cli.main import run

run()
