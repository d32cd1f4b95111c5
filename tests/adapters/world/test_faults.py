"""Faults on order, for endpoints and for webhooks; and what the transcript tells of it all."""

import json
import time
from typing import Any

import httpx
import pytest

from tests.adapters.conftest import WorldServer
from tests.adapters.world.whatsapp_business import ANNA, NUMBER, TOKEN, Salon


def order(world: WorldServer, **fault: Any) -> None:
    world.control.post("/world/faults", json=fault).raise_for_status()


def texts(salon: Salon, count: int) -> list[str]:
    return [v["messages"][0]["text"]["body"] for v in salon.values(count)]


def test_an_error_on_order_applies_nothing_and_is_used_up(salon: Salon) -> None:
    order(salon.server, target="whatsapp.messages", kind="error", status=503, body={"oops": 1})
    salon.anna_writes()

    refused, taken = salon.say("раз"), salon.say("два")

    assert (refused.status_code, refused.json(), taken.status_code) == (503, {"oops": 1}, 200)
    assert [m.text for m in salon.server.world.whatsapp.account(NUMBER).messages.values()] == [
        "два"
    ]


@pytest.mark.parametrize(("kind", "kept"), [("timeout", 0), ("lost_response", 1)])
def test_silence_closes_the_connection_with_or_without_the_effect(
    salon: Salon, kind: str, kept: int
) -> None:
    order(salon.server, target="whatsapp.messages", kind=kind, seconds=0.05)

    with pytest.raises(httpx.RemoteProtocolError):
        salon.invite("Анна", "завтра")

    assert len(salon.server.world.whatsapp.account(NUMBER).messages) == kept
    assert salon.server.world.transcript.entries(kind="whatsapp.messages")[0]["status"] == 0


def test_a_caller_who_gives_up_ends_the_silence(salon: Salon) -> None:
    order(salon.server, target="whatsapp.*", kind="timeout", seconds=20)
    with (
        httpx.Client(base_url=salon.server.url, timeout=0.1, trust_env=False) as impatient,
        pytest.raises(httpx.ReadTimeout),
    ):
        impatient.post(f"/whatsapp/v25.0/{NUMBER}/messages", json={})
    deadline = time.monotonic() + 2
    while salon.server.control.get("/world/activity").json()["in_flight"]:
        assert time.monotonic() < deadline


def test_a_fault_may_wait_for_a_certain_request(salon: Salon) -> None:
    order(salon.server, target="whatsapp.messages", kind="error", match="особое")
    order(salon.server, target="whatsapp.messages", kind="error", match={"to": "79990000009"})
    salon.anna_writes()

    statuses = [salon.say("раз"), salon.say("особое"), salon.say("три", to="79990000009")]
    assert [a.status_code for a in statuses] == [200, 500, 500]


def test_webhooks_are_duplicated(salon: Salon) -> None:
    order(salon.server, target="webhooks.whatsapp", kind="duplicate")
    salon.anna_writes("раз")
    assert texts(salon, 2) == ["раз", "раз"]
    assert salon.receiver.posts[0].body == salon.receiver.posts[1].body


def test_webhooks_are_reordered(salon: Salon) -> None:
    order(salon.server, target="webhooks.whatsapp", kind="reorder")
    salon.anna_writes("раз")
    salon.anna_writes("два")
    assert texts(salon, 2) == ["два", "раз"]


def test_webhooks_are_dropped_and_delayed(salon: Salon) -> None:
    order(salon.server, target="webhooks.whatsapp", kind="drop")
    order(salon.server, target="webhooks.whatsapp", kind="delay", seconds=0.1)
    for text in ("раз", "два", "три"):
        salon.anna_writes(text)
    assert texts(salon, 2) == ["три", "два"]


def test_an_answer_to_a_webhook_that_gets_lost_repeats_it(salon: Salon) -> None:
    order(salon.server, target="webhooks.whatsapp", kind="lost_response")
    salon.anna_writes("раз")
    assert texts(salon, 2) == ["раз", "раз"]


def test_unknown_kinds_are_refused_and_orders_can_be_cancelled(salon: Salon) -> None:
    control = salon.server.control
    refused = control.post("/world/faults", json={"target": "whatsapp.messages", "kind": "reorder"})
    order(salon.server, target="whatsapp.messages", kind="error", times=9)
    control.delete("/world/faults").raise_for_status()

    assert refused.status_code == 422
    assert "kind" in refused.json()["error"]
    assert salon.invite("Анна", "завтра").status_code == 200


def test_the_clock_waits_for_the_webhooks_it_causes(salon: Salon) -> None:
    world = salon.server.world
    salon.receiver.answers = [500]
    due = world.clock.now().replace(hour=12)
    world.clock.at(due, lambda: salon.anna_writes())

    moved = salon.server.control.post("/world/clock", json={"now": due.isoformat()}).json()

    assert (moved["fired"], moved["settled"], len(salon.receiver.posts)) == (1, True, 2)
    activity = salon.server.control.get("/world/activity").json()
    assert (activity["in_flight"], activity["webhooks_in_flight"]) == (0, 0)


def test_the_transcript_shows_calls_and_webhooks_but_no_credentials(salon: Salon) -> None:
    control = salon.server.control
    control.post("/world/telegram/bots", json={"token": "55:tele-secret", "username": "b"})
    url = {"url": f"{salon.receiver.url}/t", "secret_token": "hook-secret"}
    control.post("/telegram/bot55:tele-secret/setWebhook", json=url).raise_for_status()
    salon.invite("Анна", "завтра")
    salon.receiver.wait(2)
    salon.server.control.post("/world/clock", json={"now": "2026-03-02T09:00:00Z"})

    entries = control.get("/world/transcript").json()["entries"]
    kinds = [e["kind"] for e in entries]
    assert kinds[:2] == ["telegram.setWebhook", "whatsapp.messages"]
    assert kinds.count("webhook.whatsapp") == 2
    assert entries[1]["request"]["to"] == ANNA
    assert entries[1]["response"]["messages"][0]["message_status"] == "accepted"
    shown = json.dumps(entries)
    assert not [s for s in ("tele-secret", "hook-secret", TOKEN) if s in shown]
    after = control.get(
        "/world/transcript", params={"after": entries[0]["seq"], "kind": "whatsapp"}
    )
    assert [e["kind"] for e in after.json()["entries"]] == ["whatsapp.messages"]
