"""Gemini's generateContent over REST, as google-genai calls it; answers to three tasks that prompts name by `TASK: …`."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.context import World
from world.control import problem
from world.gemini import answers, errors
from world.gemini.request import Request as Asked
from world.gemini.request import personal_data
from world.gemini.state import Behaviour, GeminiState
from world.guard import guard

NAME = "gemini"
RETIRED = ("gemini-1.", "gemini-2.0", "gemini-pro")


def state(world: World) -> GeminiState:
    return GeminiState(world)


def routes(world: World) -> list[BaseRoute]:
    @guard(world, "gemini.generateContent")
    async def generate(request: Request) -> Response:
        try:
            return JSONResponse(_generate(world, request))
        except errors.ApiError as error:
            return JSONResponse(error.body(), status_code=error.code)

    async def behave(request: Request) -> Response:
        """{"mode": one of state.MODES, "times"?: 1, "mistake"?: what the stubborn one insists on}."""
        body = msgspec.json.decode(await request.body())
        try:
            mistake = body.get("mistake", "wrong_time")
            chosen = Behaviour(body.get("mode", "normal"), int(body.get("times", 1)), mistake)
        except ValueError as error:
            return problem(str(error))
        world.gemini.behaviour = chosen
        return JSONResponse(vars(chosen))

    async def keys(request: Request) -> Response:
        """{"keys": [...]}: from now on the only ones taken; none: any."""
        world.gemini.keys = set(msgspec.json.decode(await request.body())["keys"])
        return JSONResponse({"keys": len(world.gemini.keys)})

    async def stats(_request: Request) -> Response:
        return JSONResponse({"calls": world.gemini.calls, "personal_data": world.gemini.leaks})

    return [
        Route("/gemini/{version}/models/{model}:generateContent", generate, methods=["POST"]),
        Route("/world/gemini/behaviour", behave, methods=["POST"]),
        Route("/world/gemini/keys", keys, methods=["POST"]),
        Route("/world/gemini/stats", stats),
    ]


def _generate(world: World, request: Request) -> dict[str, Any]:
    """google-genai 3.x calls /v1, its predecessors and the documentation /v1beta."""
    state: GeminiState = world.gemini
    key = request.headers.get("x-goog-api-key") or request.query_params.get("key", "")
    if not key:
        raise errors.no_key()
    if not state.takes(key):
        raise errors.bad_key()
    model = request.path_params["model"]
    if not model.startswith("gemini-") or model.startswith(RETIRED):
        raise errors.no_model(model)
    asked = Asked.of(request.state.fields, request.headers.get("x-server-timeout"))
    found = asked.personal()
    if found:
        state.leaks += 1
        world.transcript.add("gemini.personal_data", {"found": found}, 400, None)
        raise personal_data(found)
    return answers.answer(state, asked, model)
