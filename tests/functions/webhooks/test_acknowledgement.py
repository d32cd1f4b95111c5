"""A pressed Telegram button is acknowledged in the webhook's own answer."""

import json

from tests.functions.webhooks.conftest import Hooks
from tests.functions.webhooks.test_webhooks import status, telegram
from tests.unit.channels.payloads import tg_message, tg_press, update


def test_a_press_is_acknowledged_once_it_is_queued(hooks: Hooks) -> None:
    press = tg_press()
    answer = hooks.handler("telegram")(telegram(update(callback_query=press)), None)
    assert answer["headers"] == {"Content-Type": "application/json"}
    assert json.loads(answer["body"]) == {
        "method": "answerCallbackQuery",
        "callback_query_id": press["id"],
    }


def test_words_are_not(hooks: Hooks) -> None:
    event = telegram(update(message=tg_message()))
    assert hooks.handler("telegram")(event, None)["body"] == ""
    assert status(hooks, "telegram", event) == 200
