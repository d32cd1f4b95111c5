"""The control API: how a driver or a test runs the world. Loopback only, no authentication."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.context import World

SETTLE_SECONDS = 20.0


def routes(world: World) -> list[BaseRoute]:
    async def read_clock(_request: Request) -> Response:
        return JSONResponse({"now": world.clock.now().isoformat()})

    async def move_clock(request: Request) -> Response:
        try:
            when = datetime.fromisoformat((await request.json())["now"])
            fired = await world.clock.advance_to(when)
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"now: {error}"}, status_code=409)
        await world.webhooks.settled(SETTLE_SECONDS)
        return JSONResponse({"now": world.clock.now().isoformat(), "fired": fired})

    async def arm(request: Request) -> Response:
        try:
            world.faults.add(await request.json())
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=422)
        return JSONResponse({"armed": len(world.faults.armed)})

    async def disarm(_request: Request) -> Response:
        world.faults.armed.clear()
        return JSONResponse({"armed": 0})

    async def transcript(request: Request) -> Response:
        after = int(request.query_params.get("after", 0))
        kind = request.query_params.get("kind", "")
        entries = [entry.as_json() for entry in world.transcript.after(after, kind)]
        return JSONResponse({"entries": entries, "last": len(world.transcript.entries)})

    async def activity(_request: Request) -> Response:
        return JSONResponse(
            {"webhooks_in_flight": world.webhooks.in_flight, "calls": len(world.transcript.entries)}
        )

    return [
        Route("/world/clock", read_clock),
        Route("/world/clock", move_clock, methods=["POST"]),
        Route("/world/faults", arm, methods=["POST"]),
        Route("/world/faults", disarm, methods=["DELETE"]),
        Route("/world/transcript", transcript),
        Route("/world/activity", activity),
    ]
