"""What the Bot API accepts in texts and keyboards. Limits: external-apis.md, B1."""

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from world.telegram.errors import BadRequest

TEXT_LIMIT, CAPTION_LIMIT, BUTTONS_LIMIT, DATA_BYTES = 4096, 1024, 100, 64
HTML_TAGS = frozenset(
    [
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "a",
        "code",
        "pre",
        "span",
        "tg-spoiler",
        "tg-emoji",
        "blockquote",
    ]
)
BUTTON_ACTIONS = [
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
]


def whole(fields: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A number given as JSON or as form text. Raises BadRequest."""
    value = fields.get(name, default)
    try:
        return int(str(value))
    except ValueError:
        raise BadRequest(
            f"{name} is empty" if value is None else f"invalid {name} specified"
        ) from None


def structure(fields: Mapping[str, Any], name: str) -> Any:
    """A JSON-serialised parameter: forms carry it as text, JSON bodies as it is. Raises BadRequest."""
    value = fields.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError:
        raise BadRequest(f"can't parse {name} JSON object") from None


def plain_text(text: str, parse_mode: str, limit: int, too_long: str) -> str:
    """The text as the user reads it. Raises BadRequest."""
    if parse_mode.upper() == "HTML":
        text = _from_html(text)
    elif parse_mode:
        raise BadRequest(
            f"unsupported parse_mode (this simulator knows HTML only, not {parse_mode})"
        )
    if len(text) > limit:
        raise BadRequest(too_long)
    return text.strip()


def reply_markup(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """Raises BadRequest for what the real service refuses."""
    markup = structure(fields, "reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise BadRequest("object expected as reply markup")
    if "inline_keyboard" in markup:
        _check_rows(markup["inline_keyboard"], _check_inline_button)
    elif "keyboard" in markup:
        _check_rows(markup["keyboard"], _check_reply_button)
    elif not markup.get("remove_keyboard") and not markup.get("force_reply"):
        raise BadRequest("can't parse reply keyboard markup JSON object")
    return markup


def inline_buttons(markup: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """[{id, title}] of what a user can press with an effect for the bot."""
    rows = (markup or {}).get("inline_keyboard", ())
    pressable = [button for row in rows for button in row if "callback_data" in button]
    return [{"id": button["callback_data"], "title": button["text"]} for button in pressable]


def _check_rows(rows: Any, check_button: Any) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise BadRequest("field of the keyboard must be an Array of Arrays")
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS_LIMIT:
        raise BadRequest("reply markup is too long")
    for button in buttons:
        check_button(button)


def _check_inline_button(button: Any) -> None:
    if not isinstance(button, dict) or not button.get("text"):
        raise BadRequest(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    actions = [name for name in BUTTON_ACTIONS if name in button]
    if len(actions) != 1:
        raise BadRequest(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if (
        "callback_data" in button
        and not 1 <= len(str(button["callback_data"]).encode()) <= DATA_BYTES
    ):
        raise BadRequest("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg|tel)://?\S+$", str(button["url"])):
        raise BadRequest("BUTTON_URL_INVALID")


def _check_reply_button(button: Any) -> None:
    text = button if isinstance(button, str) else isinstance(button, dict) and button.get("text")
    if not text:
        raise BadRequest("can't parse keyboard button: Text must be non-empty")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HTML_TAGS or (tag == "span" and ("class", "tg-spoiler") not in attrs):
            raise BadRequest(f'can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open:
            raise BadRequest("can't parse entities: Unexpected end tag")
        expected = self.open.pop()
        if tag != expected:
            raise BadRequest(
                f'can\'t parse entities: Unmatched end tag, expected "</{expected}>", found "</{tag}>"'
            )

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _from_html(text: str) -> str:
    parser = _Html()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise BadRequest(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{parser.open[-1]}\""
        )
    return "".join(parser.text)
