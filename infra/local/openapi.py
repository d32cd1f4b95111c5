"""The admin API's description, OpenAPI 3.1, from the declarations of its views: `make openapi` writes infra/console/openapi.json.

The console serves it at /openapi.json, and /docs.html shows it.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from api.admin.app import RESOURCES
from api.admin.resource import Operation
from api.session.app import Answer, SignIn
from cloud import places

FILE = places.ROOT / "infra" / "console" / "openapi.json"
REFERENCE = "#/components/schemas/{name}"
PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string", "description": "The kind: InvalidInput, NotFound, Conflict …"},
        "field": {"type": "string", "description": "What was wrong, as the caller wrote it."},
        "problem": {"type": "string", "description": "In the caller's language."},
        "remedy": {"type": "string", "description": "How to mend it."},
    },
}
UNAUTHORIZED = {
    "type": "object",
    "properties": {
        "message": {"type": "string", "description": "In API Gateway's words."},
        "error": {"type": "string", "description": "Of signing in."},
    },
}
ALWAYS = {
    "400": "A value that can not be used; it is named.",
    "401": "No token, or one that is over.",
    "403": "The role may not.",
    "404": "No such thing in this company, or no such company.",
    "409": "Somebody else changed the same meanwhile: read again and decide.",
    "429": "Too many calls.",
    "500": "Our mistake; it is in the log.",
    "503": "For the moment not to be had; the same call may succeed later.",
}
WITH_ETAG = {"412": "If-Match names what is no longer there.", "428": "If-Match is missing."}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new UUID; the same one when the call is repeated.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128},
}
MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what is to be changed.",
    "schema": {"type": "string"},
}
COMPANY = {
    "name": "company",
    "in": "path",
    "required": True,
    "description": "The company that the token was given for.",
    "schema": {"type": "string"},
}
SESSION: Mapping[str, tuple[str, Any]] = {
    "sign-in": ("Signs in: a token, or what is asked besides the password.", SignIn),
    "answer": ("Answers what was asked.", Answer),
    "refresh": ("A new token, by the cookie.", None),
    "sign-out": ("Ends the session.", None),
}


def document() -> dict[str, Any]:
    operations = [operation for resource in RESOURCES for operation in resource.operations]
    schemas = _Schemas(list(_types(operations)))
    paths: dict[str, Any] = {}
    for operation in operations:
        path = paths.setdefault(f"/admin/{{company}}{operation.path}", {})
        path[operation.method.lower()] = _operation(operation, schemas)
    for name, (summary, body) in SESSION.items():
        paths[f"/session/{name}"] = {"post": _session(name, summary, body, schemas)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Comeback",
            "version": "1",
            "description": "What the console uses, and whoever integrates.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {**schemas.components, "Problem": PROBLEM, "Unauthorized": UNAUTHORIZED},
        },
    }


class _Schemas:
    def __init__(self, kinds: list[Any]) -> None:
        found, self.components = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
        self._found = list(zip(kinds, found, strict=True))

    def of(self, kind: Any) -> dict[str, Any]:
        return next(schema for known, schema in self._found if known == kind)

    def fields(self, kind: Any) -> tuple[Mapping[str, Any], set[str]]:
        """A Struct's properties, and those that must be given."""
        schema = self.of(kind)
        if reference := schema.get("$ref"):
            schema = self.components[reference.rpartition("/")[2]]
        return schema["properties"], set(schema.get("required", ()))


def _types(operations: list[Operation]) -> Iterator[Any]:
    given = [kind for _, kind in SESSION.values()]
    for operation in operations:
        given += [operation.body, operation.query, operation.answers]
    seen: list[Any] = []
    for kind in given:
        if kind is not None and kind not in seen:
            seen.append(kind)
            yield kind


def _operation(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    summary, _, details = (operation.view.__doc__ or "").strip().partition("\n")
    told: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": summary,
        "x-role": operation.role.value,
        "parameters": [COMPANY, *_parameters(operation, schemas)],
        "responses": _responses(operation, schemas),
    }
    if details.strip():
        told["description"] = re.sub(r"\s+", " ", details).strip()
    if operation.body is not None:
        told["requestBody"] = _content(schemas.of(operation.body), required=True)
    return told


def _parameters(operation: Operation, schemas: _Schemas) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", operation.path):
        schema = {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    if operation.query is not None:
        properties, required = schemas.fields(operation.query)
        for name, schema in properties.items():
            yield {"name": name, "in": "query", "required": name in required, "schema": schema}
    if operation.creates:
        yield KEY
    if operation.current is not None:
        yield MATCH


def _responses(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if operation.answers is not None:
        done |= _content(schemas.of(operation.answers))
    if operation.etag and operation.status != 204:
        done["headers"] = {"ETag": {"schema": {"type": "string"}}}
    refusals = ALWAYS | (WITH_ETAG if operation.current is not None else {})
    return {str(operation.status): done, **_problems(refusals)}


def _session(name: str, summary: str, body: Any, schemas: _Schemas) -> dict[str, Any]:
    status = "204" if name == "sign-out" else "200"
    refusals = {code: ALWAYS[code] for code in ("400", "401", "429", "500", "503")}
    told: dict[str, Any] = {
        "operationId": f"session.{name.replace('-', '_')}",
        "tags": ["session"],
        "summary": summary,
        "security": [],
        "responses": {status: {"description": "Done."}, **_problems(refusals)},
    }
    if body is not None:
        told["requestBody"] = _content(schemas.of(body), required=True)
    return told


def _problems(refusals: Mapping[str, str]) -> dict[str, Any]:
    told = _content({"$ref": REFERENCE.format(name="Problem")})
    at_the_door = _content({"$ref": REFERENCE.format(name="Unauthorized")})
    return {
        code: {"description": why, **(at_the_door if code == "401" else told)}
        for code, why in sorted(refusals.items())
    }


def _content(schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {**more, "content": {"application/json": {"schema": schema}}}


def text() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    FILE.write_text(text())
    print(f"{FILE.relative_to(places.ROOT)} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
