"""Telegram behind the Channel port, by python-telegram-bot."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from comeback.conversations.model import Button, ChannelKind, OutboxMessage
from comeback.errors import (
    ComebackError,
    InvalidInput,
    RateLimited,
    Refused,
    Unavailable,
    Undeliverable,
    UnknownOutcome,
)
from comeback.ports import Sent

Answer = TypeVar("Answer")
Read = TypeVar("Read")
CONNECT_SECONDS, READ_SECONDS, CALL_SECONDS = 3.0, 8.0, 12.0
"""`CALL_SECONDS`: a whole call, however slowly its answer comes."""
TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
PICTURE_NAME = "picture.png"
NO_CHAT = str(HTTPStatus.BAD_REQUEST.value)
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Nothing can have been sent when no connection was made."""
NO_MESSAGE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What python-telegram-bot raises over an answer of another shape (tests/fuzz)."""
NOBODY_THERE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_id_invalid",
    "deactivated",
)
"""Of all bad requests those that are about the addressee; the others are about our message."""


class TelegramChannel:
    kind = ChannelKind.TELEGRAM

    def __init__(self, token: str, base_url: str) -> None:
        self._bot = bot(token, base_url)

    def send(self, message: OutboxMessage) -> Sent:
        return answered(self._call(message), lambda sent: Sent(str(sent.message_id)))

    def _call(self, message: OutboxMessage) -> Coroutine[Any, Any, Message]:
        """One call a message, so that it arrives whole or not at all: a picture carries its text as caption."""
        chat_id, content = _chat_id(message.address.value), message.content
        keyboard = _keyboard(content.buttons)
        if not content.picture:
            return self._bot.send_message(chat_id, content.text[:TEXT_LIMIT], reply_markup=keyboard)
        return self._bot.send_photo(
            chat_id,
            content.picture,
            caption(content.text),
            reply_markup=keyboard,
            filename=PICTURE_NAME,
        )


def answered(call: Coroutine[Any, Any, Answer], read: Callable[[Answer], Read]) -> Read:
    """What is read of Telegram's answer. Raises what `meaning` says, and UnknownOutcome."""
    try:
        return read(_loop().run_until_complete(asyncio.wait_for(call, CALL_SECONDS)))
    except TelegramError as error:
        raise meaning(error) from error
    except TimeoutError as error:
        raise UnknownOutcome("Telegram did not answer to the end") from error
    except NO_MESSAGE as error:
        raise UnknownOutcome("Telegram answered what is no message") from error


def caption(text: str) -> str:
    """What is too long ends with the last whole line that fits."""
    if len(text) <= CAPTION_LIMIT:
        return text
    lines, _, _ = text[: CAPTION_LIMIT + 1].rpartition("\n")
    return lines.rstrip() or text[:CAPTION_LIMIT]


def meaning(error: TelegramError) -> ComebackError:
    """What a failed call tells its caller to do. A time-out may have delivered (aws-facts.md): never `Retryable`."""
    if isinstance(error, RetryAfter):
        after = error.retry_after
        seconds = after if isinstance(after, int | float) else after.total_seconds()
        return RateLimited("Telegram asks to wait", retry_after=float(seconds))
    if isinstance(error, Forbidden):
        return _forbidden(error.message)
    if isinstance(error, InvalidToken):
        return Refused("Telegram does not know this bot's token")
    if isinstance(error, ChatMigrated):
        return Undeliverable("the chat is a group now", code=NO_CHAT)
    if isinstance(error, BadRequest):
        return _bad_request(error.message)
    if isinstance(error, NetworkError) and isinstance(error.__cause__, NEVER_LEFT):
        return Unavailable("Telegram can not be reached")
    return UnknownOutcome(f"Telegram did not say: {type(error).__name__}")


def _forbidden(description: str) -> Undeliverable:
    """Who blocked the bot has said stop; who never started it, or left Telegram, is just not there."""
    if "blocked" in description.lower():
        return Undeliverable("blocked by the client", code=str(HTTPStatus.FORBIDDEN.value))
    return Undeliverable("nobody to write to", code=NO_CHAT)


def _bad_request(description: str) -> ComebackError:
    """A text or a button of ours that Telegram does not take says nothing about the client."""
    if any(words in description.lower() for words in NOBODY_THERE):
        return Undeliverable(description, code=NO_CHAT)
    return InvalidInput("message", description, "Mend how it is written: the client can be reached")


def _chat_id(value: str) -> int:
    """Never a name: Telegram would take `@somebody`. Raises Undeliverable."""
    if not value.removeprefix("-").isdecimal():
        raise Undeliverable("no chat id", code=NO_CHAT)
    return int(value)


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """One button a row: phones are narrow, and slots are read from top to bottom."""
    if not buttons:
        return None
    rows = [[InlineKeyboardButton(b.title, callback_data=b.button_id)] for b in buttons]
    return InlineKeyboardMarkup(rows)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One loop per process: the bots' connections live in it."""
    return asyncio.new_event_loop()


@cache
def bot(token: str, base_url: str) -> Bot:
    request = HTTPXRequest(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        write_timeout=READ_SECONDS,
        media_write_timeout=READ_SECONDS,
        pool_timeout=CONNECT_SECONDS,
    )
    return Bot(
        token, base_url=f"{base_url}/bot", base_file_url=f"{base_url}/file/bot", request=request
    )
