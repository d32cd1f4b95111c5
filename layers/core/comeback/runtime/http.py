"""The HTTP answer to our errors, mapped once."""

from collections.abc import Mapping
from typing import Any

from comeback.errors import (
    ComebackError,
    Conflict,
    InvalidInput,
    NotFound,
    RateLimited,
    Refused,
    Retryable,
)

STATUS: Mapping[type[ComebackError], int] = {
    InvalidInput: 400,
    Refused: 403,
    NotFound: 404,
    Conflict: 409,
    RateLimited: 429,
    Retryable: 503,
}


def problem(error: ComebackError) -> tuple[int, dict[str, Any]]:
    """Status and body. Only InvalidInput tells details: they are the caller's own."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    body: dict[str, Any] = {"error": type(error).__name__}
    if isinstance(error, InvalidInput):
        body |= {"field": error.field, "problem": error.problem, "remedy": error.remedy}
    return status, body
