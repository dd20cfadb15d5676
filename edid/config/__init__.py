"""edid.yaml, the sheets and the credentials: one pydantic model is the single source."""
