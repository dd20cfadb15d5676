"""The rule pack FACTUR-X-PDF: what the PDF around an invoice claims, not what its pages look like."""
