"""Telegram's Bot API, so far as python-telegram-bot needs it for private chats. Limits: external-apis.md, B1."""

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.context import World
from world.guard import guard
from world.telegram import control, photos
from world.telegram.errors import ApiError, NotFound, Unauthorized
from world.telegram.methods import METHODS, Call
from world.telegram.state import TelegramState

NAME = "telegram"


def state(world: World) -> TelegramState:
    return TelegramState(world)


def routes(world: World) -> list[BaseRoute]:
    @guard(world, lambda request: f"telegram.{request.path_params['method']}")
    async def method(request: Request) -> Response:
        try:
            return JSONResponse({"ok": True, "result": await _result(world, request)})
        except ApiError as error:
            body = {"ok": False, "error_code": error.code, "description": error.description}
            more = {"parameters": error.parameters} if error.parameters else {}
            return JSONResponse({**body, **more}, status_code=error.code)

    async def file(request: Request) -> Response:
        bot = world.telegram.bot_by_token(request.path_params["token"])
        file_id = request.path_params["path"].removeprefix("photos/").removesuffix(".jpg")
        if bot is None or file_id not in bot.files:
            return Response(status_code=404)
        return Response(bot.files[file_id], media_type=photos.media_type(bot.files[file_id]))

    return [
        Route("/telegram/bot{token}/{method}", method, methods=["GET", "POST"]),
        Route("/telegram/file/bot{token}/{path:path}", file),
        *control.routes(world),
    ]


async def _result(world: World, request: Request) -> object:
    bot = world.telegram.bot_by_token(request.path_params["token"])
    if bot is None:
        raise Unauthorized
    found = METHODS.get(request.path_params["method"].lower())
    if found is None:
        raise NotFound
    return found(Call(world, bot, request.state.fields, await _files(request)))


async def _files(request: Request) -> dict[str, bytes]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return {}
    form = await request.form()
    return {k: await v.read() for k, v in form.items() if isinstance(v, UploadFile)}
