"""`/world/...`: the driver's and the tests' hands on the world. Loopback only, no credentials."""

from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.clock import Backwards
from world.context import World
from world.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable


def problem(text: str, status: int = 422) -> Response:
    """`text`: `<field>: what is wrong. What to do`."""
    return JSONResponse({"error": text}, status_code=status)


def routes(world: World, rebuild: "Callable[[World], None]") -> list[BaseRoute]:
    """`rebuild` gives the world fresh states of all simulators."""

    async def read_clock(_request: Request) -> Response:
        return JSONResponse(_clock(world))

    async def move_clock(request: Request) -> Response:
        """{"now": iso} → after all that fell due has happened and its webhooks were answered (`settled`)."""
        body = await _object(request)
        when = _time(body.get("now"))
        if when is None:
            return problem(
                "now: must be an ISO 8601 time with an offset, e.g. 2026-03-02T09:00:00+00:00"
            )
        try:
            fired = await world.clock.advance_to(when)
        except Backwards as error:
            return problem(f"now: {error}", 409)
        settled = await world.webhooks.settled()
        return JSONResponse({**_clock(world), "fired": fired, "settled": settled})

    async def reset(request: Request) -> Response:
        """Empties everything. {"now": iso} also sets the clock, back if need be; {"seed": n} the randomness."""
        body = await _object(request)
        if "now" in body and _time(body["now"]) is None:
            return problem("now: must be an ISO 8601 time with an offset")
        world.webhooks.clear()
        world.clock.reset(_time(body.get("now")))
        world.faults.clear()
        world.transcript.clear()
        world.seed = int(body.get("seed", world.seed))
        world.rng = Random(world.seed)
        rebuild(world)
        return JSONResponse(_clock(world))

    async def add_fault(request: Request) -> Response:
        try:
            world.faults.add(msgspec.convert(await _object(request), Fault))
        except (msgspec.ValidationError, ValueError) as error:
            return problem(str(error))
        return JSONResponse({}, status_code=201)

    async def clear_faults(_request: Request) -> Response:
        world.faults.clear()
        return JSONResponse({})

    async def transcript(request: Request) -> Response:
        query = request.query_params
        entries = world.transcript.entries(int(query.get("after", "0")), query.get("kind", ""))
        return JSONResponse({"entries": entries})

    async def activity(_request: Request) -> Response:
        webhooks = world.webhooks.in_flight
        return JSONResponse(
            {
                "last_request_ms_ago": world.activity.quiet_ms(),
                "in_flight": world.activity.in_flight + webhooks,
                "webhooks_in_flight": webhooks,
                "requests": world.activity.requests,
            }
        )

    return [
        Route("/world/clock", read_clock, methods=["GET"]),
        Route("/world/clock", move_clock, methods=["POST"]),
        Route("/world/reset", reset, methods=["POST"]),
        Route("/world/faults", add_fault, methods=["POST"]),
        Route("/world/faults", clear_faults, methods=["DELETE"]),
        Route("/world/transcript", transcript),
        Route("/world/activity", activity),
    ]


def _clock(world: World) -> dict[str, Any]:
    """`next`: when the next simulated event is due, or null."""
    due = world.clock.next_due()
    return {"now": world.clock.now().isoformat(), "next": due.isoformat() if due else None}


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(await request.body() or b"{}")
    except msgspec.DecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _time(text: Any) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return when if when.tzinfo else None
