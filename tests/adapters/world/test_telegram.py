"""Telegram as simulated, seen through the real python-telegram-bot."""

import asyncio
import json
import struct
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter
from telegram.request import HTTPXRequest

from tests.adapters.conftest import NOW, Receiver, WorldServer

TOKEN, BOT, ANNA = "4242:secret-of-the-bot", "salon_bot", 1001
JPEG = b"\xff\xd8\xff\xe0 and what a photo is made of"
Answer = TypeVar("Answer")


def png(width: int, height: int) -> bytes:
    """As far as its size is told."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)


def with_bot(
    world: WorldServer, use: Callable[[Bot], Awaitable[Answer]], token: str = TOKEN
) -> Answer:
    async def run() -> Answer:
        request = HTTPXRequest(httpx_kwargs={"trust_env": False})
        base = f"{world.url}/telegram"
        bot = Bot(token, f"{base}/bot", f"{base}/file/bot", request, request)
        async with bot:
            return await use(bot)

    return asyncio.run(run())


@pytest.fixture
def bot_world(world: WorldServer) -> WorldServer:
    """A bot that Anna has started."""
    bots = world.control.post("/world/telegram/bots", json={"token": TOKEN, "username": BOT})
    assert bots.status_code == 201
    users = {"users": [{"user_id": ANNA, "name": "Анна"}], "subscribed_to": BOT}
    world.control.post("/world/telegram/users", json=users).raise_for_status()
    return world


def hook_up(world: WorldServer, receiver: Receiver, **more: object) -> None:
    url = f"{receiver.url}/hook"
    with_bot(world, lambda bot: bot.set_webhook(url, secret_token="s-1_A", **more))  # type: ignore[arg-type]


def update(receiver: Receiver, number: int) -> Update:
    found = Update.de_json(json.loads(receiver.wait(number + 1)[number].body), None)
    assert found is not None
    return found


def test_a_bot_knows_itself_and_a_foreign_token_is_refused(bot_world: WorldServer) -> None:
    assert with_bot(bot_world, lambda bot: bot.get_me()).username == BOT
    with pytest.raises(InvalidToken):
        with_bot(bot_world, lambda bot: bot.get_me(), token="1:wrong")


def test_an_unknown_method_is_not_found(bot_world: WorldServer) -> None:
    answer = bot_world.control.post(f"/telegram/bot{TOKEN}/sendEverything", json={})
    assert (answer.status_code, answer.json()["ok"], answer.json()["error_code"]) == (
        404,
        False,
        404,
    )


def test_a_message_with_buttons_is_sent_and_one_is_pressed(
    bot_world: WorldServer, receiver: Receiver
) -> None:
    hook_up(bot_world, receiver)
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="slot:1")]])

    async def talk(bot: Bot) -> Message:
        return await bot.send_message(
            ANNA, "<b>Привет</b> &amp; пока", parse_mode="HTML", reply_markup=buttons
        )

    sent = with_bot(bot_world, talk)
    assert (sent.text, sent.chat.first_name, sent.date) == ("Привет & пока", "Анна", NOW)
    assert bot_world.world.telegram.press_button(BOT, ANNA, sent.message_id, "slot:1")
    assert not bot_world.world.telegram.press_button(BOT, ANNA, sent.message_id, "slot:9")

    query = update(receiver, 0).callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("slot:1", ANNA)
    assert with_bot(bot_world, lambda bot: bot.answer_callback_query(query.id, "Хорошо"))
    with pytest.raises(BadRequest, match="Query is too old"):
        with_bot(bot_world, lambda bot: bot.answer_callback_query("77"))


def test_what_users_do_arrives_signed_with_the_secret_and_numbered(
    bot_world: WorldServer, receiver: Receiver
) -> None:
    hook_up(bot_world, receiver)
    telegram = bot_world.world.telegram
    telegram.user_starts(BOT, 77, "ref_5")
    telegram.user_sends(BOT, 77, "Здравствуйте")
    telegram.user_shares_contact(BOT, 77, "+79990000001")
    telegram.blocks(BOT, 77)
    telegram.unblocks(BOT, 77)

    posts = receiver.wait(5)
    assert {p.headers["x-telegram-bot-api-secret-token"] for p in posts} == {"s-1_A"}
    updates = [update(receiver, n) for n in range(5)]
    assert [u.update_id for u in updates] == [1, 2, 3, 4, 5]
    assert [u.message.text for u in updates[:2] if u.message] == ["/start ref_5", "Здравствуйте"]
    assert updates[2].message is not None
    assert updates[2].message.contact is not None
    assert [u.my_chat_member.new_chat_member.status for u in updates[3:] if u.my_chat_member] == [
        "kicked",
        "member",
    ]


def test_only_those_who_started_and_did_not_block_can_be_written_to(bot_world: WorldServer) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        with_bot(bot_world, lambda bot: bot.send_message(404404, "hi"))
    bot_world.world.telegram.introduce(1002, "Борис")
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        with_bot(bot_world, lambda bot: bot.send_message(1002, "hi"))
    bot_world.world.telegram.blocks(BOT, ANNA)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        with_bot(bot_world, lambda bot: bot.send_message(ANNA, "hi"))


@pytest.mark.parametrize(
    ("text", "parse_mode", "why"),
    [
        ("x" * 4097, None, "too long"),
        (" \n", None, "text is empty"),
        ("<b>x", "HTML", "can't find end tag"),
        ("<b>x</i>", "HTML", "unmatched end tag"),
        ("<h1>x</h1>", "HTML", "unsupported start tag"),
    ],
)
def test_texts_it_refuses(
    bot_world: WorldServer, text: str, parse_mode: str | None, why: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i){why}"):
        with_bot(bot_world, lambda bot: bot.send_message(ANNA, text, parse_mode=parse_mode))


def test_callback_data_is_1_to_64_bytes(bot_world: WorldServer) -> None:
    def markup(data: str) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data=data)]])

    with_bot(bot_world, lambda bot: bot.send_message(ANNA, "да?", reply_markup=markup("я" * 32)))
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        with_bot(
            bot_world, lambda bot: bot.send_message(ANNA, "да?", reply_markup=markup("я" * 33))
        )


def test_editing(bot_world: WorldServer) -> None:
    async def edit(bot: Bot) -> tuple[Message | bool, str]:
        buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="a")]])
        sent = await bot.send_message(ANNA, "было", reply_markup=buttons)
        await bot.edit_message_reply_markup(ANNA, sent.message_id)
        edited = await bot.edit_message_text("стало", ANNA, sent.message_id)
        try:
            await bot.edit_message_text("стало", ANNA, sent.message_id)
        except BadRequest as error:
            return edited, error.message
        return edited, ""

    edited, refusal = with_bot(bot_world, edit)
    assert isinstance(edited, Message)
    assert (edited.text, edited.reply_markup, edited.edit_date) == ("стало", None, NOW)
    assert refusal.startswith("Message is not modified")


def test_a_photo_is_uploaded_and_comes_back(bot_world: WorldServer) -> None:
    async def send(bot: Bot) -> tuple[str | None, bytearray]:
        await bot.send_chat_action(ANNA, "upload_photo")
        sent = await bot.send_photo(ANNA, JPEG, caption="Работа мастера")
        file = await sent.photo[-1].get_file()
        return sent.caption, await file.download_as_bytearray()

    assert with_bot(bot_world, send) == ("Работа мастера", bytearray(JPEG))


def test_a_photo_is_noted_by_its_size_alone_and_shown_on_the_phone(bot_world: WorldServer) -> None:
    anna = {"id": "anna", "name": "Анна", "language": "ru", "telegram_user_id": ANNA}
    control = bot_world.control
    control.post("/world/people", json={"people": [anna]}).raise_for_status()
    picture = png(900, 500) + bytes(5000)
    with_bot(bot_world, lambda bot: bot.send_photo(ANNA, picture, caption="Отчёт"))

    found = control.get("/world/transcript?kind=telegram.sendPhoto").json()["entries"]
    assert len(json.dumps(found)) < 2000
    told = found[0]["response"]["result"]
    [size] = told["photo"]
    assert (told["caption"], size["width"], size["height"]) == ("Отчёт", 900, 500)
    assert size["file_size"] == len(picture)

    [bubble] = control.get("/phones/api/phones/anna").json()["thread"]
    shown = control.get(bubble["picture"])
    assert bubble["text"] == "Отчёт"
    assert (shown.content, shown.headers["content-type"]) == (picture, "image/png")
    assert control.get(f"{bubble['picture']}0").status_code == 404


@pytest.mark.parametrize(
    ("photo", "caption", "why"),
    [
        (b"no picture", "", "IMAGE_PROCESS_FAILED"),
        (png(9000, 2000), "", "PHOTO_INVALID_DIMENSIONS"),
        (png(900, 40), "", "PHOTO_INVALID_DIMENSIONS"),
        (JPEG + bytes(10 * 1024 * 1024), "", "too big"),
        (png(900, 500), "x" * 1025, "caption is too long"),
    ],
)
def test_photos_it_refuses(bot_world: WorldServer, photo: bytes, caption: str, why: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){why}"):
        with_bot(bot_world, lambda bot: bot.send_photo(ANNA, photo, caption=caption))


def test_photos_are_refused_to_those_whom_messages_are(bot_world: WorldServer) -> None:
    bot_world.world.telegram.blocks(BOT, ANNA)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        with_bot(bot_world, lambda bot: bot.send_photo(ANNA, png(900, 500)))


def test_a_reply_keyboard_is_taken(bot_world: WorldServer) -> None:
    keyboard = ReplyKeyboardMarkup([[KeyboardButton("Мой номер", request_contact=True)]])
    with_bot(bot_world, lambda bot: bot.send_message(ANNA, "Ваш номер?", reply_markup=keyboard))


@pytest.mark.filterwarnings("ignore:.*retry_after")
def test_too_many_messages_to_one_chat_are_put_off(bot_world: WorldServer) -> None:
    async def rush(bot: Bot) -> None:
        for n in range(4):
            await bot.send_message(ANNA, f"{n}")

    with pytest.raises(RetryAfter) as refused:
        with_bot(bot_world, rush)
    assert refused.value.retry_after in (1, timedelta(seconds=1))
    bot_world.world.settings.limits = False
    with_bot(bot_world, rush)


@pytest.mark.parametrize(
    ("url", "more", "why"),
    [
        ("http://example.com/x", {}, "HTTPS URL must be provided"),
        ("https://example.com:8080/x", {}, "only on ports"),
        ("https://example.com/x", {"secret_token": "пароль"}, "unallowed characters"),
        ("https://example.com/x", {"secret_token": "x" * 257}, "too long"),
        ("https://example.com/x", {"max_connections": 101}, "max_connections"),
    ],
)
def test_webhooks_it_refuses(
    bot_world: WorldServer, url: str, more: dict[str, object], why: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i){why}"):
        with_bot(bot_world, lambda bot: bot.set_webhook(url, **more))  # type: ignore[arg-type]


def test_updates_wait_for_a_webhook_and_unwanted_types_are_left_out(
    bot_world: WorldServer, receiver: Receiver
) -> None:
    bot_world.world.telegram.user_sends(BOT, ANNA, "есть кто?")
    assert with_bot(bot_world, lambda bot: bot.get_webhook_info()).pending_update_count == 1

    hook_up(bot_world, receiver, allowed_updates=["message"])
    receiver.wait(1)
    bot_world.world.telegram.blocks(BOT, ANNA)
    bot_world.world.telegram.user_sends(BOT, ANNA, "я вернулась")

    receiver.wait(2)
    texts = [json.loads(p.body)["message"]["text"] for p in receiver.posts]
    assert texts == ["есть кто?", "я вернулась"]


def test_an_update_is_repeated_until_it_is_taken_and_later_ones_wait(
    bot_world: WorldServer, receiver: Receiver
) -> None:
    hook_up(bot_world, receiver)
    receiver.answers = [500, 502]
    bot_world.world.telegram.user_sends(BOT, ANNA, "раз")
    bot_world.world.telegram.user_sends(BOT, ANNA, "два")

    receiver.wait(4)
    assert [json.loads(p.body)["update_id"] for p in receiver.posts] == [1, 1, 1, 2]
    assert with_bot(bot_world, lambda bot: bot.get_webhook_info()).last_error_message is not None
