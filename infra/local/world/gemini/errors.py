"""Refusals of the Gemini API, as google.rpc.Status in JSON."""

from typing import Any

TYPES = "type.googleapis.com/google.rpc"
SERVICE = "generativelanguage.googleapis.com"


class ApiError(Exception):
    def __init__(
        self, code: int, status: str, message: str, details: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.details = details

    def body(self) -> dict[str, Any]:
        error = {"code": self.code, "message": self.message, "status": self.status}
        return {"error": {**error, **({"details": self.details} if self.details else {})}}


def invalid(message: str) -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", message)


def unknown_name(name: str, where: str = "") -> ApiError:
    place = f" at '{where}'" if where else ""
    said = f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.'
    violation = {"description": said, **({"field": where} if where else {})}
    return ApiError(
        400,
        "INVALID_ARGUMENT",
        said,
        [{"@type": f"{TYPES}.BadRequest", "fieldViolations": [violation]}],
    )


def bad_key() -> ApiError:
    said = "API key not valid. Please pass a valid API key."
    info = {"@type": f"{TYPES}.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
    return ApiError(
        400,
        "INVALID_ARGUMENT",
        said,
        [
            {**info, "metadata": {"service": SERVICE}},
            {"@type": f"{TYPES}.LocalizedMessage", "locale": "en-US", "message": said},
        ],
    )


def no_key() -> ApiError:
    return ApiError(
        403,
        "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or "
        "other form of API consumer identity to call this API.",
    )


def quota(seconds: int = 34) -> ApiError:
    return ApiError(
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details. "
        f"Please retry in {seconds}s.",
        [{"@type": f"{TYPES}.RetryInfo", "retryDelay": f"{seconds}s"}],
    )


def overloaded() -> ApiError:
    return ApiError(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")


def no_model(name: str) -> ApiError:
    return ApiError(
        404,
        "NOT_FOUND",
        f"models/{name} is not found for API version v1beta, or is not supported for generateContent. Call "
        "ModelService.ListModels to see the list of available models and their supported methods.",
    )
