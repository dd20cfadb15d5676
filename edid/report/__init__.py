"""Reports of verdicts: the same judgements as text, JSON, SARIF, JUnit XML or one HTML page."""
