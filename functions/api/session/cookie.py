"""The cookie that a session lives in: sent to /session alone, by this site's own pages alone, and readable by no script."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

NAME = "comeback_session"
DAYS = 30
"""As long as the refresh token (template.yaml)."""


def kept(refresh_token: str) -> str:
    return _cookie(refresh_token, DAYS * 86_400)


def cleared() -> str:
    return _cookie("", 0)


def refresh_token(headers: Mapping[str, str]) -> str:
    """Empty when there is none, or none that can be read."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def _cookie(value: str, seconds: int) -> str:
    return f"{NAME}={value}; Max-Age={seconds}; Path=/session; HttpOnly; Secure; SameSite=Strict"
