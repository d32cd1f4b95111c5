"""What goes back over the wire: representations with their ETags, and what was refused, in the caller's language."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from chalice.app import Response
from comeback.errors import ComebackError, InvalidInput, Permanent
from comeback.runtime.http import problem
from comeback.texts import catalogue, supported


class MatchMissing(Permanent):
    """A change without If-Match: it could overwrite what somebody else did meanwhile."""


class Changed(Permanent):
    """If-Match names a representation that is no longer the present one."""


STATUS: Mapping[type[ComebackError], int] = {MatchMissing: 428, Changed: 412}


def representation(found: Any) -> str:
    return msgspec.json.encode(found).decode()


def etag(body: str) -> str:
    return f'"{hashlib.sha256(body.encode()).hexdigest()[:20]}"'


def refused(error: ComebackError, language: str) -> Response:
    status, body = problem(error)
    if isinstance(error, InvalidInput):
        body |= {name: _said(body[name], language) for name in ("problem", "remedy")}
    return Response(body, status_code=STATUS.get(type(error), status))


def _said(message: str, language: str) -> str:
    return catalogue(supported(language)).get(message, message)
