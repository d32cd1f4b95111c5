"""A call of the admin API as API Gateway hands it to the function, once Cognito has read the token."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def admin_call(
    company_id: str,
    method: str,
    path: str,
    body: object = None,
    *,
    claims: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """`path`: behind `/admin/<company>/`, unquoted."""
    whole = f"/admin/{company_id}/{path}"
    return {
        "path": whole,
        "headers": {"content-type": "application/json", **(headers or {})},
        "multiValueQueryStringParameters": dict(query or {}),
        "pathParameters": {"proxy": f"{company_id}/{path}"},
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": "/admin/{proxy+}",
            "path": whole,
            "authorizer": {"claims": dict(claims)},
        },
    }


def claims_of(company_id: str, role: str, user_id: str) -> dict[str, str]:
    """What a token says of a signed-in user."""
    return {"sub": user_id, "custom:company": company_id, "custom:role": role}
