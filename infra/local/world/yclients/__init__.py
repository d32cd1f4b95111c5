"""YCLIENTS' REST API v1, so far as a booking assistant needs it. Shapes: the official blueprint (yclientsru.apib)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.context import World
from world.guard import guard
from world.yclients import booking, catalogue, clients, control, records
from world.yclients.errors import not_found
from world.yclients.gate import PREFIX
from world.yclients.state import YclientsState

NAME = "yclients"


def state(world: World) -> YclientsState:
    return YclientsState(world)


def routes(world: World) -> list[BaseRoute]:
    @guard(world, "yclients.unknown")
    async def unknown(_request: Request) -> Response:
        return JSONResponse(not_found().body(), status_code=404)

    return [
        *catalogue.routes(world),
        *clients.routes(world),
        *records.routes(world),
        *booking.routes(world),
        Route(PREFIX + "/{rest:path}", unknown, methods=["GET", "POST", "PUT", "DELETE"]),
        *control.routes(world),
    ]
