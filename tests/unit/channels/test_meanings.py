"""What each refusal of a messenger tells its caller to do, as a table."""

import httpx
import pytest
from comeback.channels import telegram, whatsapp
from comeback.conversations.model import Address, Button, ChannelKind, Content
from comeback.errors import (
    ComebackError,
    InvalidInput,
    RateLimited,
    Refused,
    Unavailable,
    Undeliverable,
    UnknownOutcome,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)


def because(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (RetryAfter(7), RateLimited, ""),
        (Forbidden("Forbidden: bot was blocked by the user"), Undeliverable, "403"),
        (Forbidden("Forbidden: user is deactivated"), Undeliverable, "400"),
        (BadRequest("Chat not found"), Undeliverable, "400"),
        (BadRequest("PEER_ID_INVALID"), Undeliverable, "400"),
        (ChatMigrated(-100), Undeliverable, "400"),
        (BadRequest("Message text is empty"), InvalidInput, ""),
        (BadRequest("BUTTON_DATA_INVALID"), InvalidInput, ""),
        (InvalidToken("Unauthorized"), Refused, ""),
        (because(NetworkError("x"), httpx.ConnectError("refused")), Unavailable, ""),
        (because(TimedOut(), httpx.ConnectTimeout("slow")), Unavailable, ""),
        (because(TimedOut(), httpx.PoolTimeout("busy")), Unavailable, ""),
        (because(TimedOut(), httpx.ReadTimeout("silence")), UnknownOutcome, ""),
        (because(TimedOut(), httpx.WriteTimeout("half sent")), UnknownOutcome, ""),
        (because(NetworkError("x"), httpx.RemoteProtocolError("closed")), UnknownOutcome, ""),
        (NetworkError("Bad Gateway"), UnknownOutcome, ""),
    ],
)
@pytest.mark.filterwarnings("ignore:.*retry_after")
def test_telegram(error: TelegramError, kind: type[ComebackError], code: str) -> None:
    found = telegram.meaning(error)
    assert type(found) is kind
    assert getattr(found, "code", "") == code


@pytest.mark.parametrize("value", ["", "@somebody", "12a", "79990000001;"])
def test_telegram_takes_no_names_for_chats(value: str) -> None:
    with pytest.raises(Undeliverable):
        telegram._chat_id(value)
    assert telegram._chat_id("-1001") == -1001
    assert Address(ChannelKind.TELEGRAM, value).value == value


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        *((400, code, RateLimited) for code in (4, 80007, 130429, 131056)),
        *((401, code, Refused) for code in (0, 190)),
        *((403, code, Refused) for code in (3, 10, 200, 131005)),
        *(
            (400, code, Undeliverable)
            for code in (
                131026, 131047, 131049, 131050, 132000, 132001, 132005, 132007, 132015, 132016, 131048, 131031,
                130472, 131051, 130497, 100,
            )
        ),
        (403, 368, Undeliverable),
        (404, 132001, Undeliverable),
        (400, 131057, Unavailable),
        (429, 0, RateLimited),
        *((status, 131000, UnknownOutcome) for status in (500, 502, 503, 504)),
        (500, 131016, UnknownOutcome),
    ],
)  # fmt: skip
def test_whatsapp(status: int, code: int, kind: type[ComebackError]) -> None:
    found = whatsapp.meaning(httpx.Response(status, json={"error": {"code": code}}))
    assert type(found) is kind
    if isinstance(found, Undeliverable):
        assert found.code == str(code)


@pytest.mark.parametrize(
    ("words", "label"), [("Когда вам удобно?", "Выбрать"), ("When?", "Choose")]
)
def test_a_list_opens_in_the_language_of_its_message(words: str, label: str) -> None:
    buttons = tuple(Button(str(n), f"{n}:00") for n in range(5))
    action = whatsapp.body_of(Content(words, buttons))["interactive"]["action"]
    assert action["button"] == label
