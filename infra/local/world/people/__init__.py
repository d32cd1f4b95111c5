"""Simulated clients. `POST /world/people` adds them; the phones page shows them."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.people.engine import People

if TYPE_CHECKING:
    from world.context import World

NAME = "people"


def state(world: "World") -> People:
    return People(world, world.seed)


def routes(world: "World") -> list[BaseRoute]:
    async def add(request: Request) -> Response:
        body = await request.json()
        people: People = world.people
        people.services = body.get("services", people.services)
        people.masters = body.get("masters", people.masters)
        for raw in body["people"]:
            people.add(raw)
        return JSONResponse({"people": len(people.persons)})

    return [Route("/world/people", add, methods=["POST"])]
