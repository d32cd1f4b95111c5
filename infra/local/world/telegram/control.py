"""`/world/telegram/...`: BotFather, and users' hands for tests that run in another process."""

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.context import World
from world.control import problem
from world.telegram import updates
from world.telegram.errors import ApiError
from world.telegram.state import TelegramState

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{3,}")


def routes(world: World) -> list[BaseRoute]:
    async def register(request: Request) -> Response:
        """{"token", "username", "first_name"?, "webhook"?: setWebhook's parameters}."""
        body = msgspec.json.decode(await request.body())
        token, username = str(body.get("token", "")), str(body.get("username", "")).lstrip("@")
        if not TOKEN.fullmatch(token):
            return problem("token: must look like 123456:ABC-def")
        if not username:
            return problem("username: is missing")
        bot = world.telegram.register(token, username, body.get("first_name", ""))
        if body.get("webhook"):
            try:
                bot.webhook = updates.webhook_of(body["webhook"])
            except ApiError as error:
                return problem(f"webhook: {error.description}")
        return JSONResponse({"id": bot.bot_id, "username": username}, status_code=201)

    async def introduce(request: Request) -> Response:
        """{"users": [{"user_id", "name", "language"?, "username"?}], "subscribed_to"?: bot's username}."""
        body = msgspec.json.decode(await request.body())
        for user in body["users"]:
            user_id = int(user["user_id"])
            world.telegram.introduce(
                user_id, user.get("name", ""), user.get("language", "ru"), user.get("username", "")
            )
            if body.get("subscribed_to"):
                try:
                    world.telegram.subscribed(body["subscribed_to"], user_id)
                except LookupError as error:
                    return problem(f"subscribed_to: {error}")
        return JSONResponse({"users": len(world.telegram.users)})

    async def act(request: Request) -> Response:
        """{"bot", "user_id", "do": start|say|press|contact|block|unblock, "text"?, "payload"?, "message_id"?, …}."""
        body = msgspec.json.decode(await request.body())
        try:
            return JSONResponse({"result": _act(world.telegram, body)})
        except (LookupError, ValueError) as error:
            return problem(str(error))

    return [
        Route("/world/telegram/bots", register, methods=["POST"]),
        Route("/world/telegram/users", introduce, methods=["POST"]),
        Route("/world/telegram/act", act, methods=["POST"]),
    ]


def _act(state: TelegramState, body: dict[str, Any]) -> Any:
    bot, user, text = body["bot"], int(body["user_id"]), body.get("text", "")
    match body.get("do"):
        case "start":
            return state.user_starts(bot, user, body.get("payload", ""))
        case "say":
            return state.user_sends(bot, user, text, int(body.get("reply_to", 0)))
        case "press":
            return state.press_button(bot, user, int(body["message_id"]), body["button_id"])
        case "contact":
            return state.user_shares_contact(bot, user, body["phone"])
        case "block":
            return state.blocks(bot, user)
        case "unblock":
            return state.unblocks(bot, user)
        case other:
            raise ValueError(
                f"do: {other} is unknown. Use start, say, press, contact, block or unblock"
            )
