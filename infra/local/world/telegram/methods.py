"""Methods of the Bot API. Each takes a call and returns its `result`; refusals are raised as ApiError."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from world.telegram import checks, photos, updates
from world.telegram.errors import BadRequest, Forbidden, TooManyRequests
from world.telegram.model import Bot, Chat, Message, User

if TYPE_CHECKING:
    from world.context import World

ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


@dataclass(frozen=True)
class Call:
    """`files`: uploaded parts by the name of their form field."""

    world: "World"
    bot: Bot
    fields: Mapping[str, Any]
    files: Mapping[str, bytes]

    def text(self, name: str) -> str:
        return str(self.fields.get(name) or "")

    def chat(self) -> tuple[User, Chat]:
        """The addressee, who must have started the bot and not blocked it. Raises ApiError."""
        if not self.text("chat_id"):
            raise BadRequest("chat_id is empty")
        user = self.world.telegram.users.get(_number(self.text("chat_id")))
        if user is None:
            raise BadRequest("chat not found")
        chat = self.bot.chat(user.user_id)
        if chat.blocked:
            raise Forbidden("bot was blocked by the user")
        if not chat.started:
            raise Forbidden("bot can't initiate conversation with a user")
        return user, chat


def get_me(call: Call) -> Any:
    groups = {"can_join_groups": False, "can_read_all_group_messages": False}
    return {**call.bot.as_json(), **groups, "supports_inline_queries": False}


def set_webhook(call: Call) -> Any:
    call.bot.webhook = updates.webhook_of(call.fields)
    if call.text("drop_pending_updates").lower() == "true":
        call.bot.waiting.clear()
    updates.flush(call.world, call.bot) if call.bot.webhook else None
    return True


def delete_webhook(call: Call) -> Any:
    call.bot.webhook = None
    if call.text("drop_pending_updates").lower() == "true":
        call.bot.waiting.clear()
    return True


def get_webhook_info(call: Call) -> Any:
    return updates.info(call.bot)


def send_message(call: Call) -> Any:
    user, chat = call.chat()
    if not call.text("text").strip():
        raise BadRequest("message text is empty")
    text = checks.plain_text(
        call.text("text"), call.text("parse_mode"), checks.TEXT_LIMIT, "message is too long"
    )
    if not text:
        raise BadRequest("message text is empty")
    return _sent(call, user, chat, text=text)


def send_photo(call: Call) -> Any:
    """A part uploaded as `photo`; of photos sent by address or file_id nothing is shown."""
    user, chat = call.chat()
    caption = checks.plain_text(
        call.text("caption"),
        call.text("parse_mode"),
        checks.CAPTION_LIMIT,
        "message caption is too long",
    )
    content = next(iter(call.files.values()), b"")
    if not content and not call.text("photo"):
        raise BadRequest("there is no photo in the request")
    width, height = photos.size(content) if content else photos.UNKNOWN_SIZE
    file_id = f"photo-{len(call.bot.files) + 1}"
    size = {"file_id": file_id, "file_unique_id": file_id, "width": width, "height": height}
    photo = {"photo": [{**size, "file_size": len(content)}]}
    call.bot.files[file_id] = content
    return _sent(call, user, chat, more={**photo, **({"caption": caption} if caption else {})})


def get_file(call: Call) -> Any:
    file_id = call.text("file_id")
    if file_id not in call.bot.files:
        raise BadRequest("invalid file_id")
    named = {"file_id": file_id, "file_unique_id": file_id, "file_path": f"photos/{file_id}.jpg"}
    return {**named, "file_size": len(call.bot.files[file_id])}


def edit_message_text(call: Call) -> Any:
    user, message = _editable(call)
    text = checks.plain_text(
        call.text("text"), call.text("parse_mode"), checks.TEXT_LIMIT, "MESSAGE_TOO_LONG"
    )
    if not text:
        raise BadRequest("message text is empty")
    return _edited(call, user, message, text, checks.reply_markup(call.fields))


def edit_message_reply_markup(call: Call) -> Any:
    user, message = _editable(call)
    return _edited(call, user, message, message.text, checks.reply_markup(call.fields))


def answer_callback_query(call: Call) -> Any:
    if call.text("callback_query_id") not in call.bot.callbacks:
        raise BadRequest("query is too old and response timeout expired or query ID is invalid")
    if len(call.text("text")) > 200:
        raise BadRequest("MESSAGE_TOO_LONG")
    return True


def send_chat_action(call: Call) -> Any:
    call.chat()
    if call.text("action") not in ACTIONS:
        raise BadRequest("wrong parameter action in request")
    return True


METHODS: Mapping[str, Callable[[Call], Any]] = {
    "getme": get_me,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "getfile": get_file,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
}
"""By lower-case name: the Bot API does not mind the case of method names."""


def _sent(
    call: Call, user: User, chat: Chat, text: str = "", more: dict[str, Any] | None = None
) -> Any:
    markup = checks.reply_markup(call.fields)
    answered = _replied_message(call, chat)
    _keep_rates(call, user)
    call.bot.last_message_id += 1
    message = Message(
        call.bot.last_message_id,
        user.user_id,
        True,
        call.world.clock.now(),
        text,
        markup,
        more or {},
    )
    if answered is not None:
        message.more["reply_to_message"] = answered.as_json(call.bot, user)
    chat.messages[message.message_id] = message
    _tell_people(call, message)
    return message.as_json(call.bot, user)


def _replied_message(call: Call, chat: Chat) -> Message | None:
    wanted = checks.structure(call.fields, "reply_parameters") or {}
    message_id = wanted.get("message_id") or call.fields.get("reply_to_message_id")
    if not message_id:
        return None
    found = chat.messages.get(_number(str(message_id)))
    if found is None and not wanted.get("allow_sending_without_reply"):
        raise BadRequest("message to be replied not found")
    return found


def _keep_rates(call: Call, user: User) -> None:
    """Raises TooManyRequests. Order matters: a message refused for its chat costs nothing overall."""
    limits, rates = call.world.settings, call.world.telegram.rates
    if not limits.limits:
        return
    chat = (call.bot.bot_id, user.user_id)
    wait = rates.take(chat, limits.telegram_chat_burst, limits.telegram_chat_per_second)
    everyone = limits.telegram_per_second
    wait = wait or rates.take(call.bot.bot_id, everyone, everyone)
    if wait:
        raise TooManyRequests(math.ceil(wait))


def _editable(call: Call) -> tuple[User, Message]:
    user, chat = call.chat()
    message = chat.messages.get(checks.whole(call.fields, "message_id"))
    if message is None:
        raise BadRequest("message to edit not found")
    if not message.from_bot:
        raise BadRequest("message can't be edited")
    return user, message


def _edited(
    call: Call, user: User, message: Message, text: str, markup: dict[str, Any] | None
) -> Any:
    """An edit without reply_markup takes the buttons away, as the real one does."""
    if (text, markup) == (message.text, message.markup):
        raise BadRequest(
            "message is not modified: specified new message content and reply markup are exactly"
            " the same as a current content and reply markup of the message"
        )
    message.text, message.markup, message.edited_at = text, markup, call.world.clock.now()
    return message.as_json(call.bot, user)


def _tell_people(call: Call, message: Message) -> None:
    shown = {
        "message_id": str(message.message_id),
        "text": message.text or message.more.get("caption", ""),
        "buttons": checks.inline_buttons(message.markup),
        "picture": _picture(call.bot, message),
    }
    call.world.people.message_arrived("telegram", call.bot.username, str(message.user_id), shown)


def _picture(bot: Bot, message: Message) -> str:
    """Where the phones page finds it, if it was uploaded."""
    sizes = message.more.get("photo", ())
    shown = [size["file_id"] for size in sizes if bot.files.get(size["file_id"])]
    return f"/phones/pictures/{bot.username}/{shown[-1]}" if shown else ""


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadRequest("chat not found") from None
