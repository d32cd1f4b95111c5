"""Every simulated endpoint stands behind this: faults come in here, and the transcript is written."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from world.context import World
from world.faults import Fault

Endpoint = Callable[[Request], Awaitable[Response]]
Target = str | Callable[[Request], str]
DEFAULT_HANG_SECONDS = 30.0


def guard(world: World, target: Target) -> Callable[[Endpoint], Endpoint]:
    """Decorates an endpoint; `target` is its name in faults and transcript, `<simulator>.<operation>`.

    The endpoint finds the parsed body (JSON, form or multipart; the query of a GET) in `request.state.fields`.
    """

    def decorate(endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            name = target if isinstance(target, str) else target(request)
            fields = request.state.fields = await fields_of(request)
            body = await request.body()
            fault = world.faults.take(name, body, fields if isinstance(fields, dict) else {})
            response = await _faulty(request, endpoint, fault)
            _record(world, name, request, fields, response, fault)
            if fault and fault.kind in ("timeout", "lost_response"):
                await _silence(request, fault.seconds or DEFAULT_HANG_SECONDS)
            return response

        return guarded

    return decorate


async def fields_of(request: Request) -> Any:
    """The body as the caller meant it. Broken JSON is answered as an empty object: endpoints then miss fields."""
    kind = request.headers.get("content-type", "")
    body = await request.body()
    if kind.startswith("multipart/form-data"):
        form = await request.form()
        return {k: v.filename if isinstance(v, UploadFile) else v for k, v in form.items()}
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    if not body:
        return dict(request.query_params)
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}


async def _faulty(request: Request, endpoint: Endpoint, fault: Fault | None) -> Response:
    if fault is None or fault.kind == "lost_response":
        return await endpoint(request)
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
        return await endpoint(request)
    if fault.kind == "timeout":
        return Response(status_code=504)
    body = fault.body if fault.body is not None else {"error": "injected by the world"}
    return JSONResponse(body, status_code=fault.status)


async def _silence(request: Request, seconds: float) -> None:
    """No answer for so long, or until the caller gives up; then the connection is closed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not await request.is_disconnected():
        await asyncio.sleep(min(0.05, seconds))
    hang_up = request.scope.get("world.hang_up")
    if hang_up is not None:
        await hang_up()


def _record(
    world: World, name: str, request: Request, fields: Any, response: Response, fault: Fault | None
) -> None:
    silent = fault is not None and fault.kind in ("timeout", "lost_response")
    world.transcript.add(
        name,
        fields,
        0 if silent else response.status_code,
        _shown(response),
        method=request.method,
        path=request.url.path,
        **({"fault": fault.kind} if fault else {}),
    )


def _shown(response: Response) -> Any:
    try:
        return msgspec.json.decode(response.body)
    except msgspec.DecodeError:
        return bytes(response.body).decode(errors="replace")[:500]
