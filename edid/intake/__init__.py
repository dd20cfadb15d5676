"""From the drop folder to a claimed file: watch, scan, is it finished?, claim, set aside.

Events are hints, the scan decides. Nothing here knows the journal.
"""
