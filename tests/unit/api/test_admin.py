"""The admin API as API Gateway calls it: what we refuse is an answer that says why, not a 500."""

import pytest

from tests.unit.api.conftest import Api

PATHS = ("funnel", "due", "journeys")


@pytest.mark.parametrize("path", PATHS)
def test_another_company_is_as_one_that_is_not(api: Api, path: str) -> None:
    assert api.get(path, company="nobody") == (404, {"error": "NotFound"})


@pytest.mark.parametrize(
    ("path", "name"), [("funnel", "since"), ("funnel", "until"), ("due", "on"), ("journeys", "on")]
)
def test_what_is_no_date_is_told_with_its_name(api: Api, path: str, name: str) -> None:
    status, body = api.get(path, **{name: "yesterday"})
    assert (status, body["error"], body["field"]) == (400, "InvalidInput", name)


def test_what_nobody_asked_for_is_told_with_its_name(api: Api) -> None:
    status, body = api.get("due", onn="2026-03-02")
    assert (status, body["field"]) == (400, "onn")


@pytest.mark.parametrize("path", PATHS)
def test_a_known_company_is_answered(api: Api, path: str) -> None:
    assert api.get(path)[0] == 200


@pytest.mark.parametrize(
    "claims",
    [{}, {"sub": "u"}, {"sub": "u", "custom:company": "salon"}, {"custom:role": "emperor"}],
    ids=str,
)
def test_a_token_without_company_or_role_is_refused(api: Api, claims: dict[str, str]) -> None:
    assert api.get("due", claims=claims) == (403, {"error": "Refused"})


def test_what_is_not_there_is_not_found(api: Api) -> None:
    assert api.get("nothing/at/all") == (404, {"error": "NotFound"})


@pytest.mark.parametrize("path", ["clients/a%0Ab", "clients/%F3%98%8A%B5", "clients/" + "a" * 600])
def test_no_id_of_ours_is_endless_or_can_not_be_printed(api: Api, path: str) -> None:
    assert api.get(path) == (404, {"error": "NotFound"})


def test_a_question_of_such_letters_is_told_with_its_name(api: Api) -> None:
    status, body = api.get("clients", cursor="a\x9b")
    assert (status, body["field"]) == (400, "cursor")
