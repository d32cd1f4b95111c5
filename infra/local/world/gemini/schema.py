"""Answers forced into the asked-for schema, as constrained decoding does."""

from collections.abc import Mapping
from typing import Any

EMPTY = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": [], "object": {}}


def shaped(answer: Mapping[str, Any], schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """Only known properties; null only where the schema allows it; all that is required."""
    properties = (schema or {}).get("properties")
    if not properties:
        return dict(answer)
    required = (schema or {}).get("required") or ()
    found: dict[str, Any] = {}
    for name, kind in properties.items():
        value = answer.get(name)
        if value is None and not nullable(kind):
            if name in required:
                found[name] = _blank(kind)
        elif value is not None or name in required or nullable(kind):
            found[name] = value
    return found


def nullable(kind: Mapping[str, Any]) -> bool:
    """JSON Schema says it with a type or an alternative, OpenAPI's with a flag."""
    types = kind.get("type")
    if kind.get("nullable") or types == "null" or (isinstance(types, list) and "null" in types):
        return True
    return any(nullable(option) for option in kind.get("anyOf") or ())


def _blank(kind: Mapping[str, Any]) -> Any:
    if kind.get("enum"):
        return kind["enum"][-1]
    return EMPTY.get(str(kind.get("type", "string")).lower(), "")
