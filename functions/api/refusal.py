"""What was refused, as an answer in the caller's language."""

from typing import Any

import msgspec
from chalice.app import Response
from comeback.errors import ComebackError, InvalidInput
from comeback.runtime.http import problem
from comeback.texts import catalogue, supported


def refused(error: ComebackError, language: str, status: int | None = None) -> Response:
    """With the status of `runtime.http`, unless the caller knows a better one."""
    usual, body = problem(error)
    if isinstance(error, InvalidInput):
        body |= {name: _said(body[name], language) for name in ("problem", "remedy")}
    return Response(body, status_code=status or usual)


def asked_language(headers: Any, otherwise: str = "") -> str:
    """The first of `Accept-Language`: browsers put the preferred one first. Header names come in any case."""
    found = (v for k, v in (headers or {}).items() if k.lower() == "accept-language")
    first = next(found, "") or otherwise
    return first.split(",")[0].split(";")[0].strip() or "en"


def misread(error: msgspec.MsgspecError, where: str) -> InvalidInput:
    """What msgspec says: Expected `int` <= 365 - at `$.interval_days`."""
    problem, _, place = str(error).partition(" - at `$")
    field = place.rstrip("`").lstrip(".") or _named(problem) or where
    return InvalidInput(field, problem, "Send what the API's description says")


def _named(problem: str) -> str:
    """Object missing required field `days`, or: contains unknown field `dayz`."""
    return problem.split("`")[1] if "field `" in problem else ""


def _said(message: str, language: str) -> str:
    return catalogue(supported(language)).get(message, message)
