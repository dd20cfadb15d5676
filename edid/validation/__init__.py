"""Rule packs, XSD and verdicts; untrusted files are read in worker processes only."""
