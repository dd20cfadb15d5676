"""Everything that edid's own rules ask of an invoice, read alike from UBL and CII, with the place of each datum."""
