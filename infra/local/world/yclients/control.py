"""`/world/yclients/...`: seeding salons, and a salon's own hands for tests that run in another process."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.control import problem
from world.yclients.population import make_salon_population

if TYPE_CHECKING:
    from world.context import World

RECENT = timedelta(days=10)


def routes(world: "World") -> list[BaseRoute]:
    async def seed(request: Request) -> Response:
        """A salon as `seeds.company` reads it."""
        try:
            company = world.yclients.seed_company(msgspec.json.decode(await request.body()))
        except ValueError as error:
            return problem(str(error))
        counts = {"clients": len(company.clients), "records": len(company.records)}
        return JSONResponse({"id": company.company_id, **counts}, status_code=201)

    async def populate(request: Request) -> Response:
        """{"seed", "clients", "weeks_of_history"?, "seeded"?: false, … as make_salon_population takes} → what it made."""
        body = msgspec.json.decode(await request.body())
        seeded = body.pop("seeded", False)
        try:
            made = make_salon_population(now=world.clock.now(), **body)
        except TypeError as error:
            return problem(str(error))
        if seeded:
            world.yclients.seed_company(made.company)
        return JSONResponse(made.as_json(), status_code=201)

    async def act(request: Request) -> Response:
        """{"do": "walk_in" | "busy", "company", "staff", "when", "client"?, "service"?, "length"?, "at"?: iso}.

        With "at" it happens once simulated time is there, at the nearest free time; a walk-in who has been there in
        the last `RECENT` or has a visit to come by then is left out.
        """
        body = msgspec.json.decode(await request.body())
        try:
            if "at" in body:
                world.clock.at(_moment(body["at"]), lambda: _act(world, body))
                return JSONResponse({"record": None})
            record = _act(world, body)
        except (KeyError, LookupError, ValueError) as error:
            return problem(str(error))
        return JSONResponse({"record": record.record_id if record else None})

    async def tune(request: Request) -> Response:
        """Any of `Tuning`'s fields."""
        for name, value in msgspec.json.decode(await request.body()).items():
            if not hasattr(world.yclients.tuning, name):
                return problem(f"{name}: is unknown")
            setattr(world.yclients.tuning, name, value)
        return JSONResponse(vars(world.yclients.tuning))

    return [
        Route("/world/yclients/companies", seed, methods=["POST"]),
        Route("/world/yclients/populate", populate, methods=["POST"]),
        Route("/world/yclients/act", act, methods=["POST"]),
        Route("/world/yclients/tuning", tune, methods=["POST"]),
    ]


def _act(world: "World", body: dict[str, Any]) -> Any:
    state, company, when = world.yclients, int(body["company"]), _moment(body["when"])
    match body["do"]:
        case "walk_in":
            client, later = int(body["client"]), "at" in body
            if later and _cared_for(world, company, client):
                return None
            service, staff = int(body["service"]), int(body["staff"])
            return state.walk_in(company, client, service, staff, when, flexible=later)
        case "busy":
            return state.book_busy(company, int(body["staff"]), when, int(body.get("length", 3600)))
        case other:
            raise ValueError(f"do: {other} is unknown. Use walk_in or busy")


def _cared_for(world: "World", company: int, client: int) -> bool:
    since = world.clock.now() - RECENT
    visits = world.yclients.company(company).records.of_client(client)
    return any(record.starts_at >= since for record in visits)


def _moment(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError("when: must be an ISO 8601 time with an offset")
    return when.astimezone(UTC)
