"""The imports' functions decode, call one use case and encode."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from comeback.errors import InvalidInput
from comeback.runtime import wiring
from comeback.runtime.logs import Unexpected
from imports import events, sync, visits_file

from .conftest import Aws, Context

DATA = Path(__file__).parents[2] / "data"


class Heard:
    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def handle(self, company_id: str, detail: Any) -> None:
        self.calls.append((company_id, detail))
        if detail.get("fail"):
            raise InvalidInput("x", "y", "z")


def message(number: int, kind: str, **detail: str) -> dict[str, Any]:
    body = {"company_id": "salon", "kind": kind, "detail": detail}
    return {"messageId": str(number), "body": json.dumps(body)}


def upload(cloud: Aws, name: str, body: bytes, **metadata: str) -> None:
    key = f"imports/salon/{name}"
    cloud.s3.put_object(Bucket="comeback-test", Key=key, Body=body, Metadata=metadata)
    told = key.replace(" ", "+")
    visits_file.handler({"Records": [{"s3": {"object": {"key": told}}}]}, Context())


def test_the_tick_asks_for_syncs(cloud: Aws) -> None:
    assert sync.handler({}, Context()) == {"companies": 1}
    (told,) = cloud.published()
    assert datetime.fromisoformat(told["detail"].pop("asked"))
    assert told == {"company_id": "salon", "kind": "crm.sync", "detail": {"name": "full"}}


def test_events_go_to_their_use_case_and_only_what_failed_comes_back(
    cloud: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, syncs, left = Heard(), Heard(), []

    def crm_sync(seconds_left: Any) -> Heard:
        left.append(seconds_left())
        return syncs

    monkeypatch.setattr(wiring, "crm_changed", lambda: changed)
    monkeypatch.setattr(wiring, "crm_sync", crm_sync)
    answer = events.handler(
        {
            "Records": [
                message(1, "crm.changed", id="5"),
                message(2, "crm.changed", fail="yes"),
                message(3, "crm.sync", name="full"),
                message(4, "nonsense"),
            ]
        },
        Context(),
    )
    assert [f["itemIdentifier"] for f in answer["batchItemFailures"]] == ["2", "4"]
    assert changed.calls[0] == ("salon", {"id": "5"})
    assert syncs.calls == [("salon", {"name": "full"})]
    assert left == [70.0]


def test_what_an_invocation_used_is_in_the_companys_day(
    cloud: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Busy:
        def handle(self, company_id: str, _detail: Any) -> None:
            wiring.store().company(company_id)
            wiring.crm_tick().tick()

    monkeypatch.setattr(wiring, "crm_changed", Busy)
    began = datetime.now(UTC).date()
    for _ in range(2):
        events.handler({"Records": [message(1, "crm.changed")]}, Context())
    used = wiring.store().usage("salon", began, datetime.now(UTC).date())
    received_deleted_and_published = 3
    assert sum(day.queue_requests for day in used) == 2 * received_deleted_and_published
    assert sum(day.function_calls for day in used) == 2
    assert sum(day.write_units for day in used) == 2, "keeping it"
    assert all(day.read_units > 0 and day.function_ms > 0 for day in used)


def test_everything_is_wired(cloud: Aws) -> None:
    """Building must not fail; a company without tokens fails by name when its CRM is asked."""
    wiring.crm_changed()
    wiring.crm_sync(lambda: 1.0)
    wiring.visits_import()
    answer = events.handler({"Records": [message(1, "crm.sync", name="delta")]}, Context())
    assert len(answer["batchItemFailures"]) == 1


def test_a_file_is_imported_and_reported(cloud: Aws) -> None:
    body = (DATA / "visits_ru_cp1251.csv").read_bytes()
    upload(cloud, "мой файл.csv", body, **{"consent-text-version": "v1"})
    assert len(list(wiring.store().clients("salon"))) == 3

    read = cloud.s3.get_object
    told = read(Bucket="comeback-test", Key="reports/salon/мой файл.csv.json")["Body"].read()
    report = json.loads(told)
    assert (report["clients"], report["visits"], len(report["bad"])) == (3, 4, 5)
    assert report["consent"] == "v1"
    table = read(Bucket="comeback-test", Key="reports/salon/мой файл.csv.csv")["Body"].read()
    assert len(list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))) == 1 + 5 + 1


def test_the_same_upload_twice_changes_nothing(cloud: Aws) -> None:
    body = (DATA / "visits_ru_cp1251.csv").read_bytes()
    upload(cloud, "a.csv", body)
    store = wiring.store()
    before = {i: store.client("salon", i) for i in store.clients("salon")}
    upload(cloud, "a.csv", body)
    assert {i: store.client("salon", i) for i in store.clients("salon")} == before


def test_a_file_of_nobody_is_refused(cloud: Aws) -> None:
    with pytest.raises(Unexpected, match="InvalidInput"):
        visits_file.handler({"Records": [{"s3": {"object": {"key": "imports/x.csv"}}}]}, Context())
