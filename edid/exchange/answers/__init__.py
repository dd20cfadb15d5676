"""What the ERP is told of its documents: small files in the status folder of a sheet, made from the journal's events."""
