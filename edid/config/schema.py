"""The JSON Schema of the configuration files, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from edid.config.base import Section
from edid.config.key import keys
from edid.config.settings import Settings
from edid.config.sheet import Sheet

Kind = Literal["settings", "sheet"]
_TITLES = {"settings": "edid.yaml", "sheet": "A sheet of edid (fiche EDI)"}


class _AsWritten(GenerateJsonSchema):
    """Defaults as one writes them in YAML: `2m` and `1GB`, not `PT2M` and 1000000000."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        described = super().model_schema(schema)
        section: type[Section] = schema["cls"]
        known = keys(section)
        for name, property_schema in described.get("properties", {}).items():
            if "default" in property_schema:
                property_schema["default"] = known[name].default
        return described


def json_schema(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of edid.yaml (`settings`) or of a file of sheets/ (`sheet`)."""
    adapter: TypeAdapter[Any] = TypeAdapter(Settings if kind == "settings" else Sheet)
    schema = adapter.json_schema(schema_generator=_AsWritten)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": _TITLES[kind]}
