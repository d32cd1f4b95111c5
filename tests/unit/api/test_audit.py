"""The audit log through the API: page by page, the caller's company's alone."""

from datetime import timedelta

import pytest
from comeback.changes import Audited

from tests.fakes.clock import NOON
from tests.unit.api.conftest import Api


def filled(api: Api) -> None:
    for n in range(5):
        at = NOON + timedelta(minutes=n)
        api.store.commit([Audited("salon", at, "u1", "rules.save_rule", f"s{n}", ("active",))])
    api.store.commit([Audited("salon2", NOON, "u2", "rules.save_rule", "theirs")])


def test_page_by_page_the_newest_first(api: Api) -> None:
    filled(api)
    seen, cursor = [], ""
    while cursor is not None:
        status, page = api.get("audit", limit="2", **({"cursor": cursor} if cursor else {}))
        assert status == 200
        seen += page["items"]
        cursor = page["next"]
    assert [entry["target"] for entry in seen] == ["s4", "s3", "s2", "s1", "s0"]
    assert seen[0] == {
        "at": "2026-03-02T09:04:00Z",
        "user_id": "u1",
        "operation": "rules.save_rule",
        "target": "s4",
        "fields": ["active"],
    }


@pytest.mark.parametrize("cursor", ["я", "=", "AAAA", "Q08jc2Fsb24y"])
def test_a_cursor_that_is_none_is_told(api: Api, cursor: str) -> None:
    status, body = api.get("audit", cursor=cursor)
    assert (status, body["field"]) == (400, "cursor")


def test_no_cursor_reaches_another_companys_log(api: Api) -> None:
    filled(api)
    _, page = api.get("audit", limit="1")
    claims = {"sub": "u2", "custom:company": "salon2", "custom:role": "viewer"}
    _, theirs = api.call("GET", "audit", company="salon2", claims=claims, cursor=page["next"])
    assert [entry["target"] for entry in theirs["items"]] == ["theirs"]
    assert api.call("GET", "audit", company="salon", claims=claims)[0] == 404
