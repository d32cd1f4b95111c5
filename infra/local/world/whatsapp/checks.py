"""What a message must look like to be accepted. Limits: external-apis.md, B2."""

from collections.abc import Callable, Mapping
from typing import Any

from world.whatsapp.errors import ApiError, missing
from world.whatsapp.model import Pressable

TEXT, BODY, HEADER, FOOTER = 4096, 1024, 60, 60
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
ROWS, ROW_TITLE, ROW_ID, ROW_DESCRIPTION, SECTIONS = 10, 24, 200, 72, 10
OPAQUE = 512


def required(source: Any, name: str, where: str = "") -> Any:
    """Raises ApiError 100 when `name` is missing or empty."""
    value = source.get(name) if isinstance(source, Mapping) else None
    if value in (None, "", [], {}):
        raise missing(f"{where}['{name}']" if where else name)
    return value


def section(source: Any, name: str, where: str = "") -> Mapping[str, Any]:
    """Raises ApiError 100 when `name` is missing or no JSON object."""
    value = required(source, name, where)
    if not isinstance(value, Mapping):
        raise ApiError(100, f"Param {name} must be a JSON object.")
    return value


def short(text: Any, limit: int, what: str) -> str:
    """Raises ApiError 100 for a text that is empty or longer than `limit` characters."""
    if not isinstance(text, str) or not text.strip():
        raise missing(what)
    if len(text) > limit:
        raise ApiError(100, f"Param {what} must be at most {limit} characters long.")
    return text


def envelope(fields: Mapping[str, Any]) -> str:
    """Checks what all messages share; returns the addressee in digits. Raises ApiError."""
    if fields.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if fields.get("recipient_type", "individual") != "individual":
        raise ApiError(100, "Param recipient_type must be one of {INDIVIDUAL}.")
    if len(str(fields.get("biz_opaque_callback_data", ""))) > OPAQUE:
        raise ApiError(
            100, f"Param biz_opaque_callback_data must be at most {OPAQUE} characters long."
        )
    to = str(required(fields, "to"))
    digits = "".join(c for c in to if c.isdigit())
    if not digits or set(to) - set("+0123456789 -()"):
        raise ApiError(131009, "Recipient is not a valid phone number.")
    return digits


def text_message(fields: Mapping[str, Any]) -> str:
    return short(section(fields, "text").get("body"), TEXT, "text['body']")


def interactive_message(fields: Mapping[str, Any]) -> tuple[str, tuple[Pressable, ...]]:
    """The text as read and what can be pressed. Raises ApiError."""
    interactive = section(fields, "interactive")
    body = short(
        section(interactive, "body", "interactive").get("text"), BODY, "interactive['body']"
    )
    if "footer" in interactive:
        short(interactive["footer"].get("text"), FOOTER, "interactive['footer']")
    header = interactive.get("header", {})
    if header.get("type") == "text":
        short(header.get("text"), HEADER, "interactive['header']")
    kinds: Mapping[Any, Callable[[Any], list[Pressable]]] = {"button": _buttons, "list": _rows}
    if interactive.get("type") not in kinds:
        raise ApiError(131009, "Unsupported Interactive Message type")
    action = section(interactive, "action", "interactive")
    pressable = kinds[interactive["type"]](action)
    _unique([p.button_id for p in pressable], "id")
    if interactive["type"] == "button":
        _unique([p.title for p in pressable], "title")
    return body, tuple(pressable)


def _buttons(action: Any) -> list[Pressable]:
    buttons = required(action, "buttons", "action")
    if len(buttons) > BUTTONS:
        raise ApiError(
            131009, f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: {BUTTONS}"
        )
    found = []
    for button in buttons:
        if button.get("type") != "reply":
            raise ApiError(131009, "Button type must be reply")
        reply = section(button, "reply", "button")
        button_id = short(reply.get("id"), BUTTON_ID, "reply['id']")
        title = reply.get("title")
        if not isinstance(title, str) or not 1 <= len(title) <= BUTTON_TITLE:
            raise ApiError(
                131009, f"Button title length invalid. Min length: 1, Max length: {BUTTON_TITLE}"
            )
        found.append(Pressable("button_reply", button_id, title))
    return found


def _rows(action: Any) -> list[Pressable]:
    short(action.get("button"), BUTTON_TITLE, "action['button']")
    sections = required(action, "sections", "action")
    if len(sections) > SECTIONS:
        raise ApiError(131009, f"Max sections count exceeded. Max allowed: {SECTIONS}")
    if len(sections) > 1 and not all(section.get("title") for section in sections):
        raise ApiError(131009, "Section title is required when there is more than one section")
    rows = [row for section in sections for row in required(section, "rows", "section")]
    if len(rows) > ROWS:
        raise ApiError(131009, f"Total row count exceed max allowed count: {ROWS}")
    return [_row(row) for row in rows]


def _row(row: Mapping[str, Any]) -> Pressable:
    description = row.get("description", "")
    if description:
        short(description, ROW_DESCRIPTION, "row['description']")
    row_id, title = (
        short(row.get("id"), ROW_ID, "row['id']"),
        short(row.get("title"), ROW_TITLE, "row['title']"),
    )
    return Pressable("list_reply", row_id, title, description)


def _unique(values: list[str], what: str) -> None:
    if len(set(values)) < len(values):
        raise ApiError(131009, f"Duplicated button or row {what}")
