"""A resource of the admin API: a Chalice blueprint whose views say who may call them, what they take and what they answer.

From the same declarations come the checks of every call and the OpenAPI document (`openapi.py`).
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from api.admin.answers import STATUS, Changed, MatchMissing, etag, representation
from api.admin.caller import Caller, Role, caller
from api.refusal import misread, refused
from chalice.app import Blueprint, Request, Response
from comeback.decoding import decoded
from comeback.errors import ComebackError, InvalidInput, NotFound, Refused
from comeback.runtime import wiring
from comeback.runtime.logs import count, logger

Given = TypeVar("Given")
View = Callable[["Asked[Any]"], Any]
LONGEST_KEY = 128
LONGEST_ID = 512
"""Bytes. A partition key of DynamoDB has 2,048, with the company's id before it."""


@dataclass(frozen=True)
class Asked(Generic[Given]):
    """One call. `body` or `query` is what the view declared; neither is there when it declared none."""

    caller: Caller
    path: Mapping[str, str]
    body: Given
    query: Given
    key: str = ""
    """The Idempotency-Key, of views that create."""

    @property
    def company_id(self) -> str:
        return self.caller.company_id

    @property
    def now(self) -> datetime:
        """Aware, UTC."""
        return wiring.clock().now()

    @property
    def id(self) -> str:
        """For what is created: the same for the same company and key, so that a repeated call creates nothing."""
        told = f"{self.company_id}\n{self.key}"
        return hashlib.sha256(told.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Operation:
    """What OpenAPI tells of a view."""

    method: str
    path: str
    """Behind `/admin/{company}`."""
    view: View
    role: Role
    tag: str
    status: int
    body: Any = None
    query: Any = None
    answers: Any = None
    creates: bool = False
    etag: bool = False
    current: View | None = None

    @property
    def id(self) -> str:
        return f"{self.tag}.{self.view.__name__}"


class Resource(Blueprint):
    """Views get `Asked` and give a Struct; errors become answers here, for Chalice would make each a 500."""

    def __init__(self, name: str) -> None:
        super().__init__(__name__)
        self.name = name
        self.operations: list[Operation] = []

    def get(
        self,
        path: str,
        *,
        answers: Any,
        query: Any = None,
        role: Role = Role.VIEWER,
        etag: bool = False,
    ) -> Callable[[View], View]:
        return self._serve(
            "GET", path, role=role, status=200, answers=answers, query=query, etag=etag
        )

    def post(
        self,
        path: str,
        *,
        answers: Any = None,
        body: Any = None,
        role: Role = Role.MANAGER,
        status: int = 200,
        creates: bool = False,
    ) -> Callable[[View], View]:
        """`creates`: needs an Idempotency-Key, which is `asked.key`."""
        return self._serve(
            "POST", path, role=role, status=status, answers=answers, body=body, creates=creates
        )

    def put(self, path: str, **declared: Any) -> Callable[[View], View]:
        """With `current`, the GET view of the same thing: If-Match must name the ETag of what it shows now."""
        return self._change("PUT", path, **declared)

    def patch(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._change("PATCH", path, **declared)

    def delete(
        self, path: str, *, role: Role = Role.MANAGER, current: View | None = None
    ) -> Callable[[View], View]:
        return self._serve(
            "DELETE", path, role=role, status=204, current=current, etag=current is not None
        )

    def _change(
        self,
        method: str,
        path: str,
        *,
        body: Any,
        answers: Any = None,
        role: Role = Role.MANAGER,
        current: View | None = None,
    ) -> Callable[[View], View]:
        kept = current is not None
        return self._serve(
            method,
            path,
            role=role,
            status=200,
            answers=answers,
            body=body,
            current=current,
            etag=kept,
        )

    def _serve(
        self, method: str, path: str, *, role: Role, status: int, **declared: Any
    ) -> Callable[[View], View]:
        def served(view: View) -> View:
            operation = Operation(method, path, view, role, self.name, status, **declared)
            self.operations.append(operation)

            def answering(**named: str) -> Response:
                return answered(operation, self.current_request, named)

            answering.__name__ = view.__name__
            self.route(f"/admin/{{company}}{path}", methods=[method], name=operation.id)(answering)
            return view

        return served


def answered(operation: Operation, request: Request, named: Mapping[str, str]) -> Response:
    """Raises nothing: what goes wrong is an answer, in the caller's language."""
    event = request.to_original_event()
    language = "en"
    try:
        who = caller(event)
        language = who.language
        asked = _asked(operation, who, request, named)
        if operation.current is not None:
            _unchanged(operation.current(asked), request.headers.get("if-match", ""))
        found = operation.view(asked)
    except ComebackError as error:
        if isinstance(error, NotFound):
            count("AdminNotFound", named.get("company", "")[:64])
        return refused(error, language, STATUS.get(type(error)))
    except Exception:
        logger.exception("unexpected error")
        return Response({"error": "InternalError"}, status_code=500)
    if operation.status == 204:
        return Response("", status_code=204)
    body = representation(found)
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json"}
    if operation.etag:
        headers["ETag"] = etag(body)
    return Response(body, status_code=operation.status, headers=headers)


def _asked(
    operation: Operation, who: Caller, request: Request, named: Mapping[str, str]
) -> Asked[Any]:
    """Raises NotFound for another's company, as for none; Refused for a role that may not; InvalidInput."""
    if named["company"] != who.company_id:
        raise NotFound("another company's")
    if not all(
        value.isprintable() and len(value.encode()) <= LONGEST_ID for value in named.values()
    ):
        raise NotFound("no id of ours is written so")
    if not who.role.may(operation.role):
        raise Refused(f"{operation.id} is for {operation.role}")
    return Asked(
        caller=who,
        path=named,
        body=_body(operation.body, request.raw_body),
        query=_query(operation.query, request.query_params or {}),
        key=_key(request.headers.get("idempotency-key", "")) if operation.creates else "",
    )


def _body(kind: Any, raw: bytes | str) -> Any:
    if kind is None:
        return None
    try:
        return decoded(raw or b"{}", kind)
    except msgspec.MsgspecError as error:
        raise misread(error, "body") from error


def _query(kind: Any, found: Mapping[str, str]) -> Any:
    if kind is None:
        return None
    for name, value in found.items():
        if not value.isprintable():
            raise InvalidInput(name, "has letters that can not be printed", "Leave them out")
    try:
        return msgspec.convert(dict(found), kind, strict=False)
    except msgspec.ValidationError as error:
        raise misread(error, "query") from error


def _key(given: str) -> str:
    if not 0 < len(given) <= LONGEST_KEY:
        remedy = "Send a new UUID, and the same one when you repeat the call"
        raise InvalidInput("Idempotency-Key", "is missing or too long", remedy)
    return given


def _unchanged(current: Any, match: str) -> None:
    if not match:
        raise MatchMissing("If-Match is missing")
    if match.strip() not in ("*", etag(representation(current))):
        raise Changed("somebody changed it meanwhile")
