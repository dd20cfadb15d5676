"""What every configuration model has in common: unknown keys are errors, values do not change."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A mapping of the configuration files."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
