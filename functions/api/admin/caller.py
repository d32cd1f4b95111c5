"""Who asks: what Cognito signed into the token, as API Gateway's authorizer hands it on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.refusal import asked_language
from comeback.errors import Refused
from comeback.team.model import Role

__all__ = ["Caller", "Role", "caller"]


@dataclass(frozen=True)
class Caller:
    user_id: str
    """Cognito's `sub`: it never changes, and names nobody."""
    company_id: str
    role: Role
    language: str


def caller(event: Mapping[str, Any]) -> Caller:
    """Raises Refused for a token without a company or a role of ours."""
    claims = (event["requestContext"].get("authorizer") or {}).get("claims") or {}
    signed = tuple(claims.get(name) for name in ("sub", "custom:company", "custom:role"))
    user_id, company_id, role = (found if isinstance(found, str) else "" for found in signed)
    if not user_id or not company_id or role not in set(Role):
        raise Refused("the token names no company or no role")
    language = asked_language(event.get("headers"), claims.get("locale", ""))
    return Caller(user_id, company_id, Role(role), language)
