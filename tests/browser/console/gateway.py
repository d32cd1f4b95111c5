"""API Gateway between the edge and the real Chalice apps in this process: REST proxy events, and Cognito's claims in them."""

import json
import sys
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cloud.edge import Answer, Asked

BY_DEFAULT = {"Content-Type": "application/json"}
"""API Gateway's, where a function names none."""
Handler = Callable[[Mapping[str, Any], Any], Any]


class Context:
    function_name = "console"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:console"
    aws_request_id = "console"

    def get_remaining_time_in_millis(self) -> int:
        return 25_000


@dataclass
class Gateway:
    """One call at a time and all in one thread: a Lambda's process serves one, and PynamoDB keeps a client per thread."""

    admin: Handler
    session: Handler
    tokens: set[str] = field(default_factory=set)
    """Which Cognito gave out: what API Gateway would know by their signature."""
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    """Method, path and status of each."""
    worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))

    def __call__(self, asked: Asked) -> Answer:
        answer = self.worker.submit(self._served, asked).result()
        self.calls.append((asked.method, asked.path, answer.status))
        return answer

    def _served(self, asked: Asked) -> Answer:
        path = urlsplit(asked.path).path
        if path.startswith("/session/"):
            answer = self._called(self.session, event(asked, path))
            self._noted(answer)
            return answer
        claims = self._claims(asked)
        if claims is None:
            return _told(401, "Unauthorized")
        return self._called(self.admin, event(asked, "/admin/{proxy+}", claims))

    def _called(self, handler: Handler, made: Mapping[str, Any]) -> Answer:
        try:
            answer = handler(made, Context())
        except Exception as error:
            print(f"the function failed: {error!r}", file=sys.stderr)
            return _told(502, "Internal server error")
        body = answer.get("body") or ""
        headers = {**BY_DEFAULT, **answer.get("headers", {})}
        for name, values in (answer.get("multiValueHeaders") or {}).items():
            headers[name] = values[-1]
        return Answer(
            answer["statusCode"], headers, body.encode() if isinstance(body, str) else body
        )

    def _noted(self, answer: Answer) -> None:
        if answer.status == 200 and (token := json.loads(answer.body).get("token")):
            self.tokens.add(token)

    def _claims(self, asked: Asked) -> Mapping[str, Any] | None:
        said = {k.lower(): v for k, v in asked.headers.items()}.get("authorization", "")
        token = said.removeprefix("Bearer ")
        return claims(token) if token in self.tokens else None


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def event(
    asked: Asked, resource: str, authorized: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html"""
    address = urlsplit(asked.path)
    query = parse_qs(address.query, keep_blank_values=True)
    authorizer = {"authorizer": {"claims": authorized}} if authorized is not None else {}
    proxy = {"proxy": address.path.removeprefix("/admin/")} if "{proxy+}" in resource else None
    return {
        "resource": resource,
        "path": address.path,
        "httpMethod": asked.method,
        "headers": dict(asked.headers),
        "multiValueHeaders": {name: [value] for name, value in asked.headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": proxy,
        "stageVariables": None,
        "body": asked.body.decode() or None,
        "isBase64Encoded": False,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": asked.method,
            "path": f"/v1{address.path}",
            "stage": "v1",
            "requestId": "console",
            "apiId": "console",
            "domainName": "console.execute-api.us-east-1.amazonaws.com",
            "identity": {"sourceIp": "127.0.0.1"},
            **authorizer,
        },
    }


def _told(status: int, message: str) -> Answer:
    body = json.dumps({"message": message}).encode()
    return Answer(status, {"Content-Type": "application/json"}, body)
