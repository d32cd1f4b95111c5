"""Who is let in at a webhook: known companies, signatures over the very bytes, secrets new and old; what strangers cost us."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from comeback.channels.webhook import MAX_BATCH_BYTES, MAX_BODY, Enqueued, enqueue, raw_body, signed
from comeback.companies.identity import is_company_id
from comeback.rotation import rotated
from comeback.runtime import secrets as kept
from comeback.runtime.door import Door
from comeback.runtime.secrets import CompanySecrets
from hypothesis import given
from hypothesis import strategies as st

from tests.functions.webhooks.conftest import SECRETS, Hooks
from tests.functions.webhooks.test_webhooks import challenge, request, status, telegram, whatsapp
from tests.unit.channels.payloads import notification, tg_message, update, value, wa_message

FORGED = pytest.mark.fault("a forged or changed webhook", "404 and a metric, nothing queued")
STRANGER = pytest.mark.fault("a webhook of an unknown company", "404 and a metric, asked for once")
LARGE = pytest.mark.fault(
    "a webhook or an event larger than may be", "413, or left out and counted"
)
ROTATED = pytest.mark.fault("secrets rotated under traffic", "nothing refused; the old ends later")


def crm(secret: str, company: str = "salon") -> dict[str, Any]:
    event = request(
        {"company_id": 1, "resource": "x", "resource_id": 1, "status": "x"}, {}, company
    )
    event["pathParameters"]["secret"] = secret
    return event


def metrics(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines() if '"_aws"' in line]


# ── signatures ───────────────────────────────────────────────────────────────────────────────────


@FORGED
@given(st.binary(min_size=1), st.text(min_size=1), st.data())
def test_one_bit_off_and_it_is_refused(raw: bytes, secret: str, data: st.DataObject) -> None:
    event = whatsapp(raw, secret, encoded=True)
    signature = event["headers"]["X-Hub-Signature-256"]
    assert signed(raw_body(event), signature, secret)
    at = data.draw(st.integers(0, 8 * len(raw) - 1))
    flipped = bytearray(raw)
    flipped[at // 8] ^= 1 << at % 8
    assert not signed(bytes(flipped), signature, secret)


@FORGED
@given(st.binary(), st.text(), st.text())
def test_a_made_up_signature_is_refused_and_never_raises(
    raw: bytes, signature: str, secret: str
) -> None:
    assert not signed(raw, signature, secret)
    assert not signed(raw, "\ud800", secret)


@FORGED
@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_what_is_no_base64_is_nobodys_bytes(body: str) -> None:
    assert isinstance(raw_body({"body": body}), bytes)
    assert isinstance(raw_body({"body": body, "isBase64Encoded": True}), bytes)


@FORGED
@pytest.mark.parametrize("name", ["telegram", "whatsapp", "crm"])
def test_a_refusal_is_counted(hooks: Hooks, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    forged = {"telegram": telegram(update(), "x"), "whatsapp": whatsapp({}, "x"), "crm": crm("x")}
    assert status(hooks, name, forged[name]) == 404
    (line,) = metrics(capsys.readouterr().out)
    assert line["WebhookRefused"] == 1
    assert (line["company_id"], line["channel"], line["service"]) == ("salon", name, "comeback")
    (definition,) = line["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "Comeback"
    assert definition["Metrics"] == [{"Name": "WebhookRefused", "Unit": "Count"}]
    assert hooks.queued() == []


# ── unknown companies ────────────────────────────────────────────────────────────────────────────


@STRANGER
@pytest.mark.parametrize("name", ["telegram", "whatsapp", "crm"])
@pytest.mark.parametrize("company", ["nobody", "../salon", "salon/../other", "a" * 65, "", "сал"])
def test_an_unknown_company_is_not_found(
    hooks: Hooks, name: str, company: str, capsys: pytest.CaptureFixture[str]
) -> None:
    events = {
        "telegram": telegram(update(), company=company),
        "whatsapp": whatsapp(notification(), company=company),
        "crm": crm("", company),
    }
    assert status(hooks, name, events[name]) == 404
    (line,) = metrics(capsys.readouterr().out)
    assert line["WebhookUnknownCompany"] == 1
    assert line["company_id"] == "", "it may be anything: a telephone number, say"
    assert hooks.queued() == []


@STRANGER
def test_the_challenge_of_an_unknown_company_is_not_found(hooks: Hooks) -> None:
    event = challenge(mode="subscribe", verify_token="verify-me", challenge="1")
    event["pathParameters"]["company"] = "nobody"
    assert status(hooks, "whatsapp", event) == 404


class Counted(CompanySecrets):
    """Who is asked for, and when, without AWS."""

    def __init__(self, documents: dict[str, dict[str, str]]) -> None:
        super().__init__("test", lambda: self.seconds)
        self.documents = documents
        self.seconds = 1000.0
        self.asked: list[str] = []

    def _read(self, company_id: str) -> dict[str, str]:
        self.asked.append(company_id)
        return dict(self.documents.get(company_id, {}))


@STRANGER
@given(st.text())
def test_only_what_may_be_an_id_is_asked_for(company: str) -> None:
    secrets = Counted({})
    assert secrets.get(company) == {}
    assert secrets.asked == [company] * is_company_id(company)


@STRANGER
def test_made_up_ids_neither_fill_the_memory_nor_push_out_who_is_known() -> None:
    secrets = Counted({"salon": {"a": "b"}})
    secrets.get("salon")
    for n in range(3 * kept.UNKNOWN_KEPT):
        secrets.get(f"made-up-{n}")
        secrets.get(f"made-up-{n}")
    assert len(secrets.asked) == 1 + 3 * kept.UNKNOWN_KEPT
    assert len(secrets._unknown) == kept.UNKNOWN_KEPT
    secrets.get("salon")
    assert secrets.asked.count("salon") == 1


def test_a_company_that_is_connected_at_last_is_seen_soon() -> None:
    secrets = Counted({})
    assert secrets.get("salon") == {}
    secrets.documents["salon"] = {"a": "b"}
    secrets.seconds += kept.UNKNOWN_SECONDS
    assert secrets.get("salon") == {"a": "b"}
    del secrets.documents["salon"]
    secrets.seconds += kept.CACHE_SECONDS
    assert secrets.get("salon") == {}


@FORGED
def test_forgeries_do_not_buy_questions() -> None:
    secrets = Counted({"salon": {"s": "right"}})
    door = Door("crm", secrets)
    for _ in range(100):
        assert door.refusal({}, "salon", "s", lambda given: given == "wrong") is not None
        secrets.seconds += 0.1
    assert len(secrets.asked) <= 1 + 10 / kept.FRESH_SECONDS


# ── rotation ─────────────────────────────────────────────────────────────────────────────────────


@ROTATED
def test_rotated_in_the_middle_of_traffic_nothing_is_refused() -> None:
    """Old, then both, then new alone; what is cached lags behind, and the messenger changes when it likes."""
    now, day = datetime(2026, 3, 2, tzinfo=UTC), timedelta(days=1)
    secrets = Counted({"salon": {"s": "old"}})
    door = Door("crm", secrets, lambda: now)

    def comes(secret: str) -> bool:
        secrets.seconds += 1
        return door.refusal({}, "salon", "s", lambda given: given == secret) is None

    assert [comes("old") for _ in range(20)] == [True] * 20
    assert secrets.asked == ["salon"]
    secrets.documents["salon"] = rotated({"s": "old"}, "s", "new", now + day)
    assert [comes(s) for s in ("old", "new", "old", "new", "new")] == [True] * 5
    assert secrets.asked == ["salon"] * 2, "one more, when the new one came"
    now += day
    assert [comes(s) for s in ("new", "old", "new", "old")] == [True, False, True, False]


@ROTATED
def test_each_webhook_takes_the_old_secret_beside_the_new(hooks: Hooks) -> None:
    names = ("telegram_webhook_secret", "whatsapp_app_secret", "whatsapp_verify_token")
    document = {**SECRETS, "crm_webhook_secret": "c-secret"}
    for name in (*names, "crm_webhook_secret"):
        document = rotated(document, name, f"new-{name}", datetime.now(UTC) + timedelta(hours=1))
    hooks.keep("salon", document)
    words = value(messages=[wa_message()])
    token = {"mode": "subscribe", "challenge": "1"}
    for name, event in (
        ("telegram", telegram(update(message=tg_message()))),
        ("telegram", telegram(update(message=tg_message()), "new-telegram_webhook_secret")),
        ("whatsapp", whatsapp(notification(words))),
        ("whatsapp", whatsapp(notification(words), "new-whatsapp_app_secret")),
        ("whatsapp", challenge(**token, verify_token="verify-me")),
        ("whatsapp", challenge(**token, verify_token="new-whatsapp_verify_token")),
        ("crm", crm("c-secret")),
        ("crm", crm("new-crm_webhook_secret")),
    ):
        assert status(hooks, name, event) == 200, name


# ── size ─────────────────────────────────────────────────────────────────────────────────────────


@LARGE
@pytest.mark.parametrize("name", ["telegram", "whatsapp", "crm"])
def test_a_body_beyond_all_measure_is_refused_unread(hooks: Hooks, name: str) -> None:
    events = {
        "telegram": telegram(b" " * (MAX_BODY + 1)),
        "whatsapp": whatsapp(b" " * (MAX_BODY + 1)),
        "crm": {**crm("x"), "body": " " * (MAX_BODY + 1)},
    }
    assert status(hooks, name, events[name]) == 413


@LARGE
def test_an_event_that_the_queue_can_not_take_does_not_hold_up_the_others(
    hooks: Hooks, capsys: pytest.CaptureFixture[str]
) -> None:
    huge = wa_message() | {"id": "wamid.huge", "extra": "x" * MAX_BATCH_BYTES}
    body = notification(value(messages=[huge, wa_message()]))
    assert status(hooks, "whatsapp", whatsapp(body)) == 200
    assert len(hooks.queued()) == 1
    (line,) = metrics(capsys.readouterr().out)
    assert line["WebhookEventTooLarge"] == 1
    long = update(message=tg_message("x" * MAX_BATCH_BYTES))
    assert status(hooks, "telegram", telegram(long)) == 200
    assert len(hooks.queued()) == 1


class Batches:
    def __init__(self) -> None:
        self.sent: list[list[dict[str, str]]] = []

    def send_message_batch(self, Entries: list[dict[str, str]], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.sent.append(Entries)
        return {}


@LARGE
@given(st.lists(st.integers(0, MAX_BATCH_BYTES - 200), min_size=2, max_size=30))
def test_batches_keep_order_and_limits(sizes: list[int]) -> None:
    sqs = Batches()
    events = [Enqueued("salon", "any", "1", f"e{n}", {"x": "y" * s}) for n, s in enumerate(sizes)]
    assert all(e.fits for e in events)
    assert enqueue(sqs, "https://queue", events)
    for batch in sqs.sent:
        assert len(batch) <= 10
        assert sum(len(e["MessageBody"]) for e in batch) <= MAX_BATCH_BYTES
        assert len({e["Id"] for e in batch}) == len(batch)
    told = [json.loads(e["MessageBody"])["event_id"] for batch in sqs.sent for e in batch]
    assert told == [e.event_id for e in events]
