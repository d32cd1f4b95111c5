"""WhatsApp Cloud API behind the Channel port, by httpx."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpcore
import httpx

from comeback.conversations.model import Button, ChannelKind, Content, OutboxMessage, TemplateCall
from comeback.deadline import bounded
from comeback.errors import (
    ComebackError,
    RateLimited,
    Refused,
    Unavailable,
    Undeliverable,
    UnknownOutcome,
)
from comeback.ports import Sent
from comeback.texts import text

VERSION = "v25.0"
TIMEOUT, CALL_SECONDS = httpx.Timeout(8.0, connect=3.0), 10.0
"""`CALL_SECONDS`: a whole call, however slowly its answer comes."""
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
BUTTONS, LIST_ROWS = 3, 10
BUTTON_TITLE, ROW_TITLE, ROW_DESCRIPTION, BODY, TEXT = 20, 24, 72, 1024, 4096
SLOW_DOWN: Mapping[int, float] = {4: 60.0, 80007: 60.0, 130429: 10.0, 131056: 10.0}
"""Code → seconds to wait: app, account, throughput and pair limits (external-apis.md, B2)."""
OURS_TO_MEND = frozenset({3, 10, 190, 200, 131005})
"""The access token or what it may do: bad, or without a permission. No client is to blame."""
MAINTENANCE = 131057


class WhatsAppChannel:
    kind = ChannelKind.WHATSAPP

    def __init__(self, access_token: str, phone_number_id: str, base_url: str) -> None:
        self._url = f"{base_url}/{VERSION}/{phone_number_id}/messages"
        self._headers = {"Authorization": f"Bearer {access_token}"}

    def send(self, message: OutboxMessage) -> Sent:
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **_addressee(message.address.value),
            "biz_opaque_callback_data": message.reference,
            **body_of(message.content),
        }
        try:
            answer = http_client().post(self._url, json=body, headers=self._headers)
        except NEVER_LEFT as error:
            raise Unavailable("WhatsApp can not be reached") from error
        except httpx.HTTPError as error:
            raise UnknownOutcome(f"WhatsApp did not say: {type(error).__name__}") from error
        if answer.is_success:
            return Sent(_message_id(answer))
        raise meaning(answer)


def body_of(content: Content) -> dict[str, Any]:
    """The richest form that fits: template, buttons, list, or numbered text (promise 6)."""
    if content.template:
        return {"type": "template", "template": _template(content.template)}
    if not content.buttons or len(content.buttons) > LIST_ROWS:
        return {"type": "text", "text": {"body": _numbered(content), "preview_url": False}}
    short = content.text[:BODY]
    if len(content.buttons) <= BUTTONS and _told_apart(content.buttons):
        action: dict[str, Any] = {"buttons": [_reply(b) for b in content.buttons]}
        kind = "button"
    else:
        rows = [_row(b) for b in content.buttons]
        action = {"button": _list_label(content.text), "sections": [{"rows": rows}]}
        kind = "list"
    interactive = {"type": kind, "body": {"text": short}, "action": action}
    return {"type": "interactive", "interactive": interactive}


def _addressee(value: str) -> dict[str, str]:
    """A number in digits, or the business-scoped id of a user who shows none (external-apis.md, B2)."""
    return {"to": value} if value.isdecimal() else {"recipient": value}


def _list_label(words: str) -> str:
    """WhatsApp wants a caption on the button that opens a list; in the language of the message it stands under."""
    return text("ru" if CYRILLIC.search(words) else "en", "Choose")


def _reply(button: Button) -> dict[str, Any]:
    return {
        "type": "reply",
        "reply": {"id": button.button_id, "title": button.title[:BUTTON_TITLE]},
    }


def _told_apart(buttons: tuple[Button, ...]) -> bool:
    """Buttons whose titles are alike once cut are refused (131009); in a list they keep their ends."""
    return len({b.title[:BUTTON_TITLE] for b in buttons}) == len(buttons)


def _row(button: Button) -> dict[str, str]:
    row = {"id": button.button_id, "title": button.title[:ROW_TITLE]}
    whole = {"description": button.title[:ROW_DESCRIPTION]}
    return row if len(button.title) <= ROW_TITLE else {**row, **whole}


def _numbered(content: Content) -> str:
    """The choices stay whole; what is too long is cut off the text above them."""
    lines = "".join(f"\n{n}. {b.title}" for n, b in enumerate(content.buttons, start=1))
    return content.text[: TEXT - len(lines)] + lines


def _template(call: TemplateCall) -> dict[str, Any]:
    components: list[dict[str, Any]] = []
    if call.variables:
        parameters = [{"type": "text", "text": value} for value in call.variables]
        components.append({"type": "body", "parameters": parameters})
    for index, payload in enumerate(call.payloads):
        components.append(
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": str(index),
                "parameters": [{"type": "payload", "payload": payload}],
            }
        )
    return {"name": call.name, "language": {"code": call.language}, "components": components}


def meaning(answer: httpx.Response) -> ComebackError:
    """What a refused call tells its caller to do. A 5xx may have been applied."""
    code = _code(answer)
    if answer.status_code >= 500:
        return UnknownOutcome(f"WhatsApp answered {answer.status_code}")
    if code in SLOW_DOWN or answer.status_code == 429:
        return RateLimited("WhatsApp asks to slow down", retry_after=SLOW_DOWN.get(code, 10.0))
    if code == MAINTENANCE:
        return Unavailable("WhatsApp: the account is in maintenance")
    if code in OURS_TO_MEND or answer.status_code == 401:
        return Refused(f"WhatsApp does not accept the access token ({code})")
    return Undeliverable(f"WhatsApp refused ({code})", code=str(code))


def _code(answer: httpx.Response) -> int:
    try:
        return int(answer.json()["error"]["code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0


def _message_id(answer: httpx.Response) -> str:
    """Raises UnknownOutcome when a success names no message: it may have left."""
    try:
        return str(answer.json()["messages"][0]["id"])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise UnknownOutcome("WhatsApp accepted, but named no message") from error


@cache
def http_client() -> httpx.Client:
    """One per process: it costs 33 ms to make (aws-facts.md)."""
    transport = bounded(CALL_SECONDS, httpx, httpcore)
    return httpx.Client(timeout=TIMEOUT, transport=transport, trust_env=False)
