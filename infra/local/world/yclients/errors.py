"""Refusals of YCLIENTS. Sources: the official blueprint (yclientsru.apib); its 422 examples show a message only, its
text names codes, so `Errors` can be told in which of the known shapes to speak."""

from typing import Any, Literal

Shape = Literal["meta", "message", "errors"]
"""meta: `meta.errors.code` beside `meta.message`; message: `meta.message` alone; errors: v1's top-level `errors`."""

PHONE, BUSY, BLACKLIST, NAME, NO_STAFF, OVERLAP, NO_SERVICE = 431, 433, 434, 435, 436, 437, 438


class ApiError(Exception):
    """`code` is YCLIENTS' own; `appointment` the `id` that the caller gave the appointment in question."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: int | None = None,
        appointment: Any = None,
        errors: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.appointment = appointment
        self.errors = errors

    def body(self, shape: Shape = "meta") -> dict[str, Any]:
        errors = dict(self.errors or {})
        if self.code is not None:
            errors["code"] = self.code
        if self.appointment is not None:
            errors["id"] = self.appointment
        if shape == "errors":
            code = self.code or self.status
            return {"errors": {**errors, "code": code, "message": self.message}}
        meta: dict[str, Any] = {"message": self.message}
        if errors and shape == "meta":
            meta["errors"] = errors
        return {"success": False, "data": None, "meta": meta}


def not_found(message: str = "Не найдено") -> ApiError:
    return ApiError(404, message)


def invalid(field: str, why: str) -> ApiError:
    return ApiError(422, "Произошла ошибка", errors={field: [why]})
