"""Wraps a simulator's method as an HTTP endpoint: transcript, faults, and the service's own error body."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from world.context import World

HANG_SECONDS = 60.0

Answer = tuple[int, Any]
Method = Callable[[Request, Any], Awaitable[Answer]]


async def parsed_body(request: Request) -> Any:
    """JSON, form or multipart, as a plain dictionary."""
    kind = request.headers.get("content-type", "")
    if "application/json" in kind:
        raw = await request.body()
        return json.loads(raw) if raw else {}
    if "form" in kind:
        form = await request.form()
        return {name: value for name, value in form.items()}
    return {}


async def answered(world: World, kind: str, request: Request, method: Method) -> Response:
    """Runs `method` under the armed faults for `kind`."""
    try:
        body = await parsed_body(request)
    except ValueError:
        return JSONResponse({"error": "malformed body"}, status_code=400)
    shown = {"path": request.url.path, "query": dict(request.query_params), "body": _shown(body)}
    fault = world.faults.next(kind, shown)
    if fault and fault.kind == "error":
        world.transcript.add(world.clock.now(), kind, shown, fault.status, fault.body)
        return JSONResponse(fault.body, status_code=fault.status)
    if fault and fault.kind == "timeout":
        world.transcript.add(world.clock.now(), kind, shown, 0, "timeout")
        await asyncio.sleep(fault.seconds)
        return Response(status_code=504)
    if fault and fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
    status, answer = await method(request, body)
    world.transcript.add(world.clock.now(), kind, shown, status, answer)
    if fault and fault.kind == "lost_response":
        await asyncio.sleep(fault.seconds)
        return Response(status_code=504)
    if answer is None:
        return Response(status_code=status)
    return JSONResponse(answer, status_code=status)


def _shown(body: Any) -> Any:
    if isinstance(body, dict):
        return {
            k: v if isinstance(v, str | int | float | bool | dict | list | None) else "file"
            for k, v in body.items()
        }
    return body
