"""The API's committed description is what its code declares."""

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
