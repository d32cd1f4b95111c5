"""The way into the API: rates, version, tokens, envelope. Every endpoint stands behind `endpoint`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.guard import guard
from world.yclients.company import Company
from world.yclients.errors import ApiError, invalid, not_found

if TYPE_CHECKING:
    from world.context import World

PREFIX = "/yclients/api/v1"
ACCEPT = "application/vnd.yclients.v2+json"
TOKENS = re.compile(r"Bearer\s+(?P<partner>[^\s,]+)(?:\s*,\s*User\s+(?P<user>\S+))?")


@dataclass(frozen=True)
class Call:
    """A request that got in. `company` is set for all paths that name one."""

    world: "World"
    owner: Company | None
    fields: Mapping[str, Any]
    query: QueryParams
    path: Mapping[str, Any]

    @property
    def company(self) -> Company:
        assert self.owner is not None
        return self.owner

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def ids(self, name: str) -> list[int]:
        """`name[]=1&name[]=2`, `name[0]=1` and `name=1`, as PHP reads them."""
        pattern = re.compile(rf"{name}(\[\d*\])?")
        found = [v for k, v in self.query.multi_items() if pattern.fullmatch(k)]
        return [int(v) for v in found if v.isdigit()]

    def number(self, name: str, default: int, low: int = 0, high: int = 10**9) -> int:
        """From the query or the body, forced into [low, high]."""
        return max(
            low, min(high, whole(self.query.get(name, self.fields.get(name, default)), name))
        )

    def moment(self, text: Any, field: str = "datetime") -> datetime:
        """ISO 8601; local to the company when without an offset. UTC."""
        try:
            when = datetime.fromisoformat(str(text))
        except ValueError:
            raise invalid(field, "Неверный формат даты.") from None
        zone = self.company.zone
        return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)


def whole(value: Any, field: str) -> int:
    """Raises ApiError for what is no whole number, nor the text of one."""
    try:
        return int(value)
    except (TypeError, ValueError):
        raise invalid(field, "Значение должно быть целым числом.") from None


@dataclass(frozen=True)
class Answer:
    data: Any
    meta: Any = ()
    status: int = 200


Endpoint = Callable[[Call], Answer]


def endpoint(
    world: "World",
    method: str,
    path: str,
    name: str,
    handle: Endpoint,
    *,
    needs_user: bool = True,
) -> BaseRoute:
    """`name` in faults and transcript is `yclients.<name>`. `path` may name {company}."""

    @guard(world, f"yclients.{name}")
    async def answer(request: Request) -> Response:
        try:
            found = handle(_enter(world, request, needs_user))
        except ApiError as error:
            shape = world.yclients.tuning.error_shape
            return JSONResponse(error.body(shape), status_code=error.status)
        if found.status == 204:
            return Response(status_code=204)
        body = {"success": True, "data": found.data, "meta": found.meta or []}
        return JSONResponse(body, status_code=found.status)

    return Route(PREFIX + path, answer, methods=[method])


def _enter(world: "World", request: Request, needs_user: bool) -> Call:
    """Raises ApiError."""
    _keep_rates(world, request.client.host if request.client else "")
    if ACCEPT not in request.headers.get("accept", ""):
        raise ApiError(406, f"The Accept header must be {ACCEPT}")
    found = TOKENS.match(request.headers.get("authorization", ""))
    companies = world.yclients.companies
    if found is None or found["partner"] not in {c.partner_token for c in companies.values()}:
        raise ApiError(401, "Необходима авторизация партнёра")
    company = None
    if "company" in request.path_params:
        company = companies.get(request.path_params["company"])
        if company is None:
            raise not_found()
    if needs_user:
        _check_user(world, company, found["user"])
    fields = request.state.fields
    body = fields if isinstance(fields, dict) else {"items": fields}
    return Call(world, company, body, request.query_params, request.path_params)


def _check_user(world: "World", company: Company | None, token: str | None) -> None:
    everyone = {u.token for c in world.yclients.companies.values() for u in c.users}
    if token not in everyone:
        raise ApiError(401, "Необходима авторизация")
    if company is not None and token not in {u.token for u in company.users}:
        raise ApiError(403, "Недостаточно прав для управления филиалом")


def _keep_rates(world: "World", address: str) -> None:
    tuning, rates = world.yclients.tuning, world.yclients.rates
    if not (world.settings.limits and tuning.limits):
        return
    wait = rates.take(("second", address), tuning.per_second, tuning.per_second)
    wait = wait or rates.take(("minute", address), tuning.per_minute, tuning.per_minute / 60)
    if wait:
        raise ApiError(429, "Превышен лимит запросов. Повторите попытку позже.")
