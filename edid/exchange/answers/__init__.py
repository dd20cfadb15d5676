"""What the ERP is told of its documents: small files in the status folder, made from the journal's events."""
