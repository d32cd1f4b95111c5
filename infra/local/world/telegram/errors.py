"""Refusals of the Bot API, in its own words."""

from typing import Any


class ApiError(Exception):
    """Answered as {"ok": false, "error_code", "description", "parameters"?} with the same HTTP status."""

    def __init__(
        self, code: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class BadRequest(ApiError):
    def __init__(self, why: str) -> None:
        super().__init__(400, f"Bad Request: {why}")


class Forbidden(ApiError):
    def __init__(self, why: str) -> None:
        super().__init__(403, f"Forbidden: {why}")


class TooManyRequests(ApiError):
    """`seconds` are whole ones, as the real service gives them."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


class NotFound(ApiError):
    def __init__(self) -> None:
        super().__init__(404, "Not Found: method not found")


class Unauthorized(ApiError):
    def __init__(self) -> None:
        super().__init__(401, "Unauthorized")
