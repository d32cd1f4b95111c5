"""TelegramChannel against the simulated Bot API: what leaves, and what each failure tells the caller to do."""

from typing import Any

import pytest
from comeback.analytics.canvas import Canvas
from comeback.channels import telegram
from comeback.channels.telegram import TelegramChannel
from comeback.conversations.model import ChannelKind, Content
from comeback.errors import (
    InvalidInput,
    RateLimited,
    Refused,
    Unavailable,
    Undeliverable,
    UnknownOutcome,
)
from comeback.ports import Sent
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.channels.messages import NOBODY, message, slots
from tests.adapters.conftest import WorldServer

TOKEN, BOT, ANNA = "4242:secret-of-the-bot", "salon_bot", 1001
pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after")


@pytest.fixture
def bot_world(world: WorldServer) -> WorldServer:
    """A bot that Anna has started."""
    bots = world.control.post("/world/telegram/bots", json={"token": TOKEN, "username": BOT})
    assert bots.status_code == 201
    users = {"users": [{"user_id": ANNA, "name": "Анна"}], "subscribed_to": BOT}
    world.control.post("/world/telegram/users", json=users).raise_for_status()
    return world


def channel(world: WorldServer, token: str = TOKEN) -> TelegramChannel:
    return TelegramChannel(token, f"{world.url}/telegram")


def send(world: WorldServer, content: Content | str = "Привет", to: int = ANNA) -> Sent:
    return channel(world).send(message(ChannelKind.TELEGRAM, to, content))


def fault(world: WorldServer, kind: str, **more: Any) -> None:
    order = {"target": "telegram.sendMessage", "kind": kind, **more}
    world.control.post("/world/faults", json=order).raise_for_status()


def said(world: WorldServer) -> list[dict[str, Any]]:
    entries = world.control.get("/world/transcript?kind=telegram.sendMessage").json()["entries"]
    answers = [entry["response"] for entry in entries if isinstance(entry["response"], dict)]
    return [answer["result"] for answer in answers if answer.get("ok")]


def test_a_plain_message_arrives_and_names_itself(bot_world: WorldServer) -> None:
    sent = send(bot_world, "Привет, <b>Анна</b> & *все*")
    [arrived] = said(bot_world)
    assert (arrived["text"], str(arrived["message_id"])) == (
        "Привет, <b>Анна</b> & *все*",
        sent.provider_id,
    )
    assert "reply_markup" not in arrived


def test_buttons_stand_one_a_row_and_can_be_pressed(bot_world: WorldServer) -> None:
    sent = send(bot_world, Content("Когда?", slots(3)))
    [arrived] = said(bot_world)
    rows = arrived["reply_markup"]["inline_keyboard"]
    assert [[b["callback_data"] for b in row] for row in rows] == [
        ["slot:1"],
        ["slot:2"],
        ["slot:3"],
    ]
    press = bot_world.world.telegram.press_button
    assert press(BOT, ANNA, int(sent.provider_id), "slot:2")


def test_a_text_too_long_is_cut_and_not_refused(bot_world: WorldServer) -> None:
    send(bot_world, "я" * 5000)
    assert len(said(bot_world)[0]["text"]) == telegram.TEXT_LIMIT


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────

PICTURE = Canvas(80, 40, ["#000000"]).png()


def photos(world: WorldServer) -> list[dict[str, Any]]:
    entries = world.control.get("/world/transcript?kind=telegram.sendPhoto").json()["entries"]
    return [entry["response"]["result"] for entry in entries if entry["status"] == 200]


def test_a_picture_carries_text_and_buttons_in_one_message(bot_world: WorldServer) -> None:
    sent = send(bot_world, Content("Отчёт", slots(2), picture=PICTURE))
    [arrived] = photos(bot_world)
    assert (arrived["caption"], str(arrived["message_id"])) == ("Отчёт", sent.provider_id)
    assert arrived["photo"][0]["file_size"] == len(PICTURE)
    assert len(arrived["reply_markup"]["inline_keyboard"]) == 2
    assert list(bot_world.world.telegram.bot(BOT).files.values()) == [PICTURE]
    assert said(bot_world) == []


def test_a_picture_needs_no_text(bot_world: WorldServer) -> None:
    send(bot_world, Content("", picture=PICTURE))
    assert "caption" not in photos(bot_world)[0]


def test_a_caption_too_long_is_cut_at_a_line_and_not_refused(bot_world: WorldServer) -> None:
    lines = "\n".join(f"{n}. {'я' * 90}" for n in range(20))
    send(bot_world, Content(lines, picture=PICTURE))
    [arrived] = photos(bot_world)
    assert arrived["caption"].split("\n") == lines.split("\n")[:10]


@given(st.text(alphabet="яa\n ", max_size=3000))
def test_a_caption_fits_and_keeps_whole_lines(text: str) -> None:
    cut = telegram.caption(text)
    assert text.startswith(cut)
    assert len(cut) <= telegram.CAPTION_LIMIT
    assert cut == text or cut.rstrip() == cut or "\n" not in text[: telegram.CAPTION_LIMIT + 1]


@pytest.mark.parametrize("body", ["a" * 1024, "a" * 1023 + "\n" + "b", "a" * 1024 + "\n" + "b"])
def test_a_caption_is_cut_no_sooner_than_it_must(body: str) -> None:
    assert telegram.caption(body) == (body if len(body) <= 1024 else body.split("\n")[0])


def test_what_fails_with_a_picture_means_what_it_means_without(bot_world: WorldServer) -> None:
    shown = Content("Отчёт", picture=PICTURE)
    with pytest.raises(Undeliverable) as nobody:
        send(bot_world, shown, to=404404)
    assert nobody.value.code == "400"
    with pytest.raises(InvalidInput):
        send(bot_world, Content("Отчёт", picture=b"no picture"))
    fault(bot_world, "error", target="telegram.sendPhoto", status=502, body={"ok": False})
    with pytest.raises(UnknownOutcome):
        send(bot_world, shown)
    for _ in range(3):
        send(bot_world, shown)
    with pytest.raises(RateLimited):
        send(bot_world, shown)


# ── what may go wrong ────────────────────────────────────────────────────────────────────────────


def test_too_many_messages_name_the_wait(bot_world: WorldServer) -> None:
    for _ in range(3):
        send(bot_world)
    with pytest.raises(RateLimited) as limited:
        send(bot_world)
    assert limited.value.retry_after == 1.0
    assert len(said(bot_world)) == 3


def test_who_blocked_the_bot_is_undeliverable(bot_world: WorldServer) -> None:
    bot_world.world.telegram.blocks(BOT, ANNA)
    with pytest.raises(Undeliverable) as refused:
        send(bot_world)
    assert refused.value.code == "403"


def test_a_chat_that_is_not_there_is_undeliverable(bot_world: WorldServer) -> None:
    with pytest.raises(Undeliverable) as refused:
        send(bot_world, to=404404)
    assert refused.value.code == "400"


@pytest.mark.parametrize("status", [401, 404])
def test_a_foreign_token_is_refused_and_not_told(bot_world: WorldServer, status: int) -> None:
    body = {"ok": False, "error_code": status, "description": "Unauthorized"}
    fault(bot_world, "error", status=status, body=body)
    with pytest.raises(Refused) as refused:
        send(bot_world)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error_may_have_sent(bot_world: WorldServer, status: int) -> None:
    body = {"ok": False, "error_code": status, "description": "Bad Gateway"}
    fault(bot_world, "error", status=status, body=body)
    with pytest.raises(UnknownOutcome):
        send(bot_world)


@pytest.mark.parametrize(("kind", "arrived"), [("timeout", 0), ("lost_response", 1)])
@pytest.mark.parametrize("hang", [0.01, 5.0])
def test_silence_may_have_sent(
    bot_world: WorldServer, monkeypatch: pytest.MonkeyPatch, kind: str, arrived: int, hang: float
) -> None:
    """Whether the server closes the connection without an answer, or we give up first."""
    impatient(monkeypatch)
    fault(bot_world, kind, seconds=hang)
    with pytest.raises(UnknownOutcome):
        send(bot_world)
    assert len(said(bot_world)) == arrived


def test_no_connection_means_nothing_was_sent() -> None:
    with pytest.raises(Unavailable):
        TelegramChannel(TOKEN, NOBODY).send(message(ChannelKind.TELEGRAM, ANNA))


@pytest.mark.parametrize("body", ["gibberish", {"ok": True}, {"ok": True, "result": {}}])
def test_an_answer_that_names_no_message_may_have_sent(bot_world: WorldServer, body: Any) -> None:
    fault(bot_world, "error", status=200, body=body)
    with pytest.raises(UnknownOutcome):
        send(bot_world)


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, "READ_SECONDS", 0.2)
    telegram.bot.cache_clear()
