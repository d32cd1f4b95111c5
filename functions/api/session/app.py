"""Signing in and out (Chalice): passwords and codes go to Cognito, the refresh token into a cookie that no script can read.

The page keeps the ID token in memory alone, and gets a new one by /session/refresh, also after it was loaded anew.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from functools import wraps
from typing import Annotated, TypeVar
from urllib.parse import quote

import msgspec
from api.refusal import asked_language, misread, refused
from api.session.cookie import cleared, kept, refresh_token
from chalice.app import Chalice, Response
from comeback.decoding import decoded
from comeback.errors import ComebackError, Refused
from comeback.runtime.cognito import Challenge, Challenged, Tokens, user_pool
from comeback.runtime.logs import logger
from msgspec import Meta, Struct

app = Chalice(app_name="comeback-session")
ISSUER = "Comeback"
Text = Annotated[str, Meta(max_length=2048)]
View = Callable[[], Response]
Kind = TypeVar("Kind")


class SignIn(Struct, forbid_unknown_fields=True):
    email: Text
    password: Text


class Answer(Struct, forbid_unknown_fields=True):
    challenge: Challenge
    session: Text
    email: Text
    code: Text = ""
    password: Text = ""


def post(path: str) -> Callable[[View], View]:
    """A view whose errors are answers. Who may not come in is told so by 401, without the reason."""

    def served(view: View) -> View:
        @wraps(view)
        def answering() -> Response:
            language = asked_language(_headers())
            try:
                return view()
            except Refused as error:
                return refused(error, language, 401)
            except ComebackError as error:
                return refused(error, language)
            except Exception:
                logger.exception("unexpected error")
                return Response({"error": "InternalError"}, status_code=500)

        app.route(path, methods=["POST"])(answering)
        return answering

    return served


@post("/session/sign-in")
def sign_in() -> Response:
    asked = _body(SignIn)
    return _told(user_pool().sign_in(asked.email, asked.password), asked.email)


@post("/session/answer")
def answer() -> Response:
    asked = _body(Answer)
    found = user_pool().answer(
        asked.challenge, asked.session, asked.email, asked.code, asked.password
    )
    return _told(found, asked.email)


@post("/session/refresh")
def refresh() -> Response:
    token = refresh_token(_headers())
    if not token:
        raise Refused("nobody is signed in here")
    return _told(user_pool().refresh(token), "")


@post("/session/sign-out")
def sign_out() -> Response:
    if token := refresh_token(_headers()):
        user_pool().sign_out(token)
    return Response("", status_code=204, headers={"Set-Cookie": cleared()})


def _told(found: Tokens | Challenged, email: str) -> Response:
    if isinstance(found, Tokens):
        cookie = {"Set-Cookie": kept(found.refresh_token)} if found.refresh_token else {}
        body = {"token": found.id_token, "expires_in": found.expires_in, **_claims(found.id_token)}
        return Response(body, headers={**cookie, "Cache-Control": "no-store"})
    body = {"challenge": found.challenge.value, "session": found.session}
    if found.secret:
        uri = f"otpauth://totp/{ISSUER}:{quote(email)}?secret={found.secret}&issuer={ISSUER}"
        body |= {"secret": found.secret, "uri": uri}
    return Response(body, headers={"Cache-Control": "no-store"})


def _claims(id_token: str) -> dict[str, str]:
    """What the page shows of who is signed in. Cognito just gave it to us, so its signature is not in question."""
    payload = id_token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    shown = {"company": "custom:company", "role": "custom:role", "email": "email"}
    return {name: str(claims.get(claim, "")) for name, claim in shown.items()}


def _body(kind: type[Kind]) -> Kind:
    raw = app.current_request.raw_body if app.current_request else b""
    try:
        return decoded(raw or b"{}", kind)
    except msgspec.MsgspecError as error:
        raise misread(error, "body") from error


def _headers() -> dict[str, str]:
    return dict(app.current_request.headers) if app.current_request else {}
