"""WhatsAppChannel against the simulated Cloud API: what leaves, and what each failure tells the caller to do."""

from typing import Any

import httpx
import pytest
from comeback.channels import whatsapp
from comeback.channels.whatsapp import WhatsAppChannel
from comeback.conversations.model import Button, ChannelKind, Content, TemplateCall
from comeback.errors import RateLimited, Refused, Unavailable, Undeliverable, UnknownOutcome
from comeback.ports import Sent

from tests.adapters.channels.messages import NOBODY, message, slots
from tests.adapters.conftest import Receiver, WorldServer
from tests.adapters.world.whatsapp_business import ANNA, NUMBER, TOKEN, Salon, echo, register

INVITATION = TemplateCall("come_back", "ru", ("Анна", "завтра"), ("slot:1", "stop"))


@pytest.fixture
def salon(world: WorldServer, receiver: Receiver) -> Salon:
    """A WhatsApp account with a webhook; Anna has just written, so free text may be sent."""
    receiver.on_get = echo
    assert register(world, receiver).status_code == 201
    found = Salon(world, receiver)
    found.anna_writes()
    receiver.wait(1)
    receiver.posts.clear()
    return found


def send(salon: Salon, content: Content | str = "Привет", token: str = TOKEN) -> Sent:
    channel = WhatsAppChannel(token, NUMBER, f"{salon.server.url}/whatsapp")
    return channel.send(message(ChannelKind.WHATSAPP, ANNA, content))


def fault(salon: Salon, kind: str, **more: Any) -> None:
    order = {"target": "whatsapp.messages", "kind": kind, **more}
    salon.server.control.post("/world/faults", json=order).raise_for_status()


def requests(salon: Salon) -> list[dict[str, Any]]:
    answer = salon.server.control.get("/world/transcript?kind=whatsapp.messages")
    return [entry["request"] for entry in answer.json()["entries"]]


def test_a_plain_message_is_sent_and_its_status_echoes_our_id(salon: Salon) -> None:
    sent = send(salon)
    status, *_later = salon.statuses(1)
    assert (status["id"], status["status"], status["biz_opaque_callback_data"]) == (
        sent.provider_id,
        "sent",
        "anna#j1.1",
    )
    assert requests(salon)[0]["text"] == {"body": "Привет", "preview_url": False}


def test_a_picture_is_left_out(salon: Salon) -> None:
    send(salon, Content("Отчёт", picture=b"a chart"))
    assert requests(salon)[0]["text"]["body"] == "Отчёт"


@pytest.mark.parametrize("count", [1, 3])
def test_few_buttons_are_reply_buttons(salon: Salon, count: int) -> None:
    sent = send(salon, Content("Когда?", slots(count)))
    interactive = requests(salon)[0]["interactive"]
    assert (interactive["type"], len(interactive["action"]["buttons"])) == ("button", count)
    assert salon.server.world.whatsapp.press_button(NUMBER, ANNA, sent.provider_id, "slot:1")


@pytest.mark.parametrize("count", [4, 10])
def test_more_become_a_list(salon: Salon, count: int) -> None:
    sent = send(salon, Content("Когда?", slots(count)))
    interactive = requests(salon)[0]["interactive"]
    assert (interactive["type"], len(interactive["action"]["sections"][0]["rows"])) == (
        "list",
        count,
    )
    assert salon.server.world.whatsapp.press_button(NUMBER, ANNA, sent.provider_id, "slot:4")


def test_more_than_a_list_holds_are_numbered_in_the_text(salon: Salon) -> None:
    send(salon, Content("Когда?", slots(11)))
    body = requests(salon)[0]
    assert body["type"] == "text"
    lines = body["text"]["body"].split("\n")
    assert (lines[0], lines[11]) == ("Когда?", "11. вт 24 ноября, 20:00")


def test_long_texts_and_titles_are_cut_and_not_refused(salon: Salon) -> None:
    long = Button("slot:1", "вторник, двадцать четвёртое ноября"), Button("slot:2", "нет")
    send(salon, Content("я" * 1100, long))
    send(salon, Content("я" * 5000))
    send(salon, Content("я" * 5000, slots(12)))
    assert [r["type"] for r in requests(salon)] == ["interactive", "text", "text"]
    assert requests(salon)[2]["text"]["body"].endswith("12. вт 24 ноября, 21:00")


def test_titles_that_are_the_same_when_cut_are_still_told_apart(salon: Salon) -> None:
    alike = tuple(Button(f"slot:{n}", f"вторник 24 ноября, утро, {9 + n}:00") for n in (1, 2))
    send(salon, Content("Когда?", alike))
    rows = requests(salon)[0]["interactive"]["action"]["sections"][0]["rows"]
    assert [row["description"] for row in rows] == [b.title for b in alike]


def test_a_template_with_variables_and_payloads_goes_outside_the_window(
    world: WorldServer, receiver: Receiver
) -> None:
    receiver.on_get = echo
    register(world, receiver)
    salon = Salon(world, receiver)
    sent = send(salon, Content("Здравствуйте, Анна!", template=INVITATION))
    assert salon.statuses(1)[0]["status"] == "sent"
    assert world.world.whatsapp.press_button(NUMBER, ANNA, sent.provider_id, "slot:1")
    pressed = [v["messages"][0] for v in salon.values(3) if "messages" in v]
    assert [p["button"] for p in pressed] == [{"payload": "slot:1", "text": "Да"}]


def test_free_text_outside_the_window_is_accepted_and_fails_by_status(
    world: WorldServer, receiver: Receiver
) -> None:
    receiver.on_get = echo
    register(world, receiver)
    salon = Salon(world, receiver)
    assert send(salon).provider_id
    assert salon.statuses(1)[0]["errors"][0]["code"] == 131047


def test_the_pair_limit_is_met(salon: Salon) -> None:
    salon.server.world.settings.whatsapp_pair_burst = 2
    send(salon)
    send(salon)
    with pytest.raises(RateLimited) as limited:
        send(salon)
    assert limited.value.retry_after == whatsapp.SLOW_DOWN[131056]


@pytest.mark.parametrize(
    ("status", "code"), [(400, 130429), (400, 131056), (400, 80007), (400, 4), (429, 0)]
)
def test_limits_are_to_be_waited_for(salon: Salon, status: int, code: int) -> None:
    fault(salon, "error", status=status, body={"error": {"code": code, "message": "slow"}})
    with pytest.raises(RateLimited) as limited:
        send(salon)
    assert limited.value.retry_after


@pytest.mark.parametrize("template", ["tired", "dead", "unknown"])
def test_a_template_it_does_not_take_is_undeliverable(salon: Salon, template: str) -> None:
    code = {"tired": "132015", "dead": "132016", "unknown": "132001"}[template]
    with pytest.raises(Undeliverable) as refused:
        send(salon, Content("", template=TemplateCall(template, "ru", ())))
    assert refused.value.code == code


def test_a_bad_token_is_refused_and_not_told(salon: Salon) -> None:
    with pytest.raises(Refused) as refused:
        send(salon, token="EAAG-wrong")
    assert "EAAG" not in str(refused.value)
    fault(salon, "error", status=400, body={"error": {"code": 190}})
    with pytest.raises(Refused):
        send(salon)


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_may_have_sent(salon: Salon, status: int) -> None:
    fault(salon, "error", status=status, body={"error": {"code": 131000}})
    with pytest.raises(UnknownOutcome):
        send(salon)


@pytest.mark.parametrize("body", ["gibberish", {"messages": []}, [], {"messages": [{}]}])
def test_a_success_that_names_no_message_may_have_sent(salon: Salon, body: Any) -> None:
    fault(salon, "error", status=200, body=body)
    with pytest.raises(UnknownOutcome):
        send(salon)


@pytest.mark.parametrize("body", ["gibberish", [], {"error": "no"}, {"error": {"code": None}}])
def test_a_refusal_without_a_code_is_undeliverable(salon: Salon, body: Any) -> None:
    fault(salon, "error", status=400, body=body)
    with pytest.raises(Undeliverable) as refused:
        send(salon)
    assert refused.value.code == "0"


@pytest.mark.parametrize(("kind", "arrived"), [("timeout", 0), ("lost_response", 1)])
@pytest.mark.parametrize("hang", [0.01, 5.0])
def test_silence_may_have_sent(
    salon: Salon, monkeypatch: pytest.MonkeyPatch, kind: str, arrived: int, hang: float
) -> None:
    """Whether the server closes the connection without an answer, or we give up first."""
    monkeypatch.setattr(whatsapp, "TIMEOUT", httpx.Timeout(0.2))
    whatsapp.http_client.cache_clear()
    fault(salon, kind, seconds=hang)
    with pytest.raises(UnknownOutcome):
        send(salon)
    account = salon.server.world.whatsapp.accounts[NUMBER]
    assert len(account.messages) == arrived


def test_no_connection_means_nothing_was_sent() -> None:
    channel = WhatsAppChannel(TOKEN, NUMBER, NOBODY)
    with pytest.raises(Unavailable):
        channel.send(message(ChannelKind.WHATSAPP, ANNA))


@pytest.fixture(autouse=True)
def patience() -> Any:
    """The impatient client of one test does not serve the next."""
    yield
    whatsapp.http_client.cache_clear()
