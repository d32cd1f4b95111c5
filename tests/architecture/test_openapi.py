"""The API's committed description is what its code declares."""

import json
from typing import Any

import openapi


def test_the_committed_description_is_what_the_views_declare() -> None:
    assert openapi.FILE.read_text() == openapi.text(), "run `make openapi`"


def test_every_view_is_told_in_a_sentence() -> None:
    for path, methods in openapi.document()["paths"].items():
        for method, told in methods.items():
            assert len(told["summary"].split()) >= 2, f"{method} {path}"
            assert told["summary"].endswith("."), f"{method} {path}"


def test_no_two_views_have_one_name() -> None:
    paths = openapi.document()["paths"].values()
    ids = [told["operationId"] for methods in paths for told in methods.values()]
    assert len(ids) == len(set(ids))


def test_what_a_pattern_ends_ends_there() -> None:
    """Python's `$` lets one line break pass, JSON Schema's does not; this one says the same in both."""
    parts: list[dict[str, Any]] = []
    json.loads(openapi.text(), object_hook=parts.append)
    patterns = {part["pattern"] for part in parts if isinstance(part.get("pattern"), str)}
    ending = {pattern for pattern in patterns if "$" in pattern}
    assert ending
    assert {p for p in ending if not p.endswith(r"$(?!\n)")} == set()
