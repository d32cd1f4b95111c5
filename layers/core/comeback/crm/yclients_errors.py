"""What YCLIENTS' refusals tell the caller to do: its own codes first, then the HTTP status."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from comeback.errors import (
    ComebackError,
    InvalidInput,
    NotFound,
    Permanent,
    RateLimited,
    Refused,
    SlotTaken,
    Unavailable,
)

RETRY_AFTER = 1.0
"""Seconds, when a 429 does not say: the tighter of the two documented limits is per second."""

LONGEST_WAIT = 3_600.0
"""Seconds; what says more, or infinity, says nothing."""

BY_CODE: Mapping[int, Callable[[str], ComebackError]] = {
    431: lambda said: InvalidInput("phone", said, "Correct the client's number"),
    432: lambda _: Refused("YCLIENTS asks for an SMS code: turn that off for online booking"),
    433: SlotTaken,
    434: lambda _: Refused("the client is on the company's black list"),
    435: lambda said: InvalidInput("fullname", said, "Give the client a name"),
    436: SlotTaken,
    437: SlotTaken,
    438: NotFound,
}
"""Codes of book_check and book_record. 436: no staff free at that time; 438: the service was deleted."""

BUSY_WORDS = ("занят", "нельзя записаться", "пересекается", "нет сотрудников")
"""The documentation's own example of a busy answer has a message and no code."""

BY_STATUS: Mapping[int, Callable[[str], ComebackError]] = {
    401: lambda _: Refused("YCLIENTS does not accept the tokens: connect the company again"),
    403: lambda _: Refused("YCLIENTS does not let this user do that: check the user's rights"),
    404: NotFound,
}


def meaning(response: httpx.Response) -> ComebackError:
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return RateLimited("YCLIENTS asks to wait", retry_after=_wait(response))
    if response.is_server_error:
        return Unavailable(f"YCLIENTS answered {response.status_code}")
    code, said = _complaint(response)
    if not code and any(words in said.casefold() for words in BUSY_WORDS):
        return SlotTaken(said)
    make = BY_CODE.get(code) or BY_STATUS.get(response.status_code) or Permanent
    return make(said or f"YCLIENTS answered {response.status_code}")


def _wait(response: httpx.Response) -> float:
    try:
        told = float(response.headers["retry-after"])
    except (KeyError, ValueError):
        return RETRY_AFTER
    return told if 0 < told <= LONGEST_WAIT else RETRY_AFTER


def _complaint(response: httpx.Response) -> tuple[int, str]:
    """The code and message. The documentation names the codes but shows no place for them, and versions differ:
    `meta`, `meta.errors`, `errors` and the top level are all looked at."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return 0, ""
    places = [place for place in _places(body) if isinstance(place, dict)]
    code = next((_number(p[key]) for p in places for key in ("code", "error_code") if key in p), 0)
    said = next((str(p["message"]) for p in places if p.get("message")), "")
    return code, said


def _places(body: Any) -> list[Any]:
    if not isinstance(body, dict):
        return []
    meta = body.get("meta")
    inner = meta.get("errors") if isinstance(meta, dict) else None
    return [meta, inner, body.get("errors"), body.get("error"), body]


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
