"""Everything that reads outside bytes, one file a subject."""

from tests.fuzz.targets import (
    archives,
    configuration,
    decisions,
    documents,
    names,
    notes,
    routes,
    sftp,
    verdicts,
)

SUBJECTS = (names, archives, documents, routes, decisions, sftp, notes, configuration, verdicts)
TARGETS = {target.name: target for subject in SUBJECTS for target in subject.TARGETS}
"""By name."""
