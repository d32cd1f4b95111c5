"""WhatsApp Cloud API: messages, templates, statuses, signed webhooks. Limits and codes: external-apis.md, B2."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.context import World
from world.guard import guard
from world.whatsapp import control, messages, templates
from world.whatsapp.errors import ApiError
from world.whatsapp.model import Account
from world.whatsapp.state import WhatsAppState

NAME = "whatsapp"


def state(world: World) -> WhatsAppState:
    return WhatsAppState(world)


def routes(world: World) -> list[BaseRoute]:
    def send(account: Account, request: Request) -> Any:
        return messages.accept(world.whatsapp, account, _fields(request))

    def list_templates(account: Account, request: Request) -> Any:
        return _page(world.whatsapp, account, request)

    def submit_template(account: Account, request: Request) -> Any:
        created = templates.submit(world.whatsapp, account, _fields(request))
        return {"id": created.template_id, "status": created.status, "category": created.category}

    def number(account: Account, _request: Request) -> Any:
        return {
            "id": account.phone_number_id,
            "display_phone_number": account.display_phone_number,
            "verified_name": account.verified_name,
            "quality_rating": account.quality,
            "throughput": {"level": "STANDARD"},
            "whatsapp_business_manager_messaging_limit": account.limit(),
        }

    async def point(account: Account, request: Request) -> Any:
        """Meta asks the address for its token at once."""
        fields = _fields(request)
        url, token = (
            str(fields.get("override_callback_uri", "")),
            str(fields.get("verify_token", "")),
        )
        if url:
            if why := await control.refusal(world, url, token):
                raise ApiError(100, f"Callback verification failed: {why}", 2200)
            account.webhook_url, account.verify_token = url, token
        return {"success": True}

    def pointed(account: Account, _request: Request) -> Any:
        app = {"whatsapp_business_api_data": {"id": "1", "name": "app"}}
        if not account.webhook_url:
            return {"data": []}
        return {"data": [{**app, "override_callback_uri": account.webhook_url}]}

    def leave(account: Account, _request: Request) -> Any:
        account.webhook_url = ""
        return {"success": True}

    def route(path: str, method: str, target: str, by: str, answer: Answer) -> Route:
        guarded = guard(world, f"whatsapp.{target}")(_endpoint(world, by, answer))
        return Route(f"/whatsapp/{{version}}/{{object_id}}{path}", guarded, methods=[method])

    return [
        route("/messages", "POST", "messages", "phone_number_id", send),
        route("/message_templates", "GET", "message_templates", "waba_id", list_templates),
        route("/message_templates", "POST", "create_template", "waba_id", submit_template),
        route("/subscribed_apps", "POST", "subscribe", "waba_id", point),
        route("/subscribed_apps", "GET", "subscribed_apps", "waba_id", pointed),
        route("/subscribed_apps", "DELETE", "unsubscribe", "waba_id", leave),
        route("", "GET", "phone_number", "phone_number_id", number),
        *control.routes(world),
    ]


Answer = Callable[[Account, Request], Any]


def _endpoint(world: World, by: str, answer: Answer) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            found = answer(_account(world, by, request), request)
            return JSONResponse(await found if isawaitable(found) else found)
        except ApiError as error:
            return JSONResponse(error.body(world.rng), status_code=error.http_status)

    return endpoint


def _account(world: World, by: str, request: Request) -> Account:
    """The account a path names, if the caller's token is its own. Raises ApiError."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    accounts = world.whatsapp.accounts.values()
    if scheme.lower() != "bearer" or token not in {a.access_token for a in accounts}:
        raise ApiError(190)
    wanted = request.path_params["object_id"]
    for account in accounts:
        if getattr(account, by) == wanted and account.access_token == token:
            _prove(account, request.query_params.get("appsecret_proof"))
            return account
    raise ApiError(
        100,
        f"Unsupported request. Object with ID '{wanted}' does not exist, cannot be loaded due to"
        " missing permissions, or does not support this operation.",
        33,
    )


def _prove(account: Account, proof: str | None) -> None:
    """Of the app's secret, when the caller gives it. Raises ApiError."""
    key, token = account.app_secret.encode(), account.access_token.encode()
    if proof is not None and proof != hmac.new(key, token, hashlib.sha256).hexdigest():
        raise ApiError(100, "Invalid appsecret_proof provided in the API argument")


def _fields(request: Request) -> Mapping[str, Any]:
    """A body that is no JSON object has no fields."""
    fields = request.state.fields
    return fields if isinstance(fields, Mapping) else {}


def _page(state: WhatsAppState, account: Account, request: Request) -> Any:
    """GET message_templates: filters `name`, `language`, `status`; `limit` (25) and `after` page through."""
    query = request.query_params
    found = [t.as_json() for t in state.templates_of(account.waba_id).values()]
    for name in ("name", "language", "status"):
        found = [t for t in found if name not in query or t[name] == query[name]]
    start = int(base64.b64decode(query["after"])) if "after" in query else 0
    end = start + int(query.get("limit", "25"))
    cursors = {"before": _cursor(start), "after": _cursor(min(end, len(found)))}
    more = (
        {"next": str(request.url.include_query_params(after=_cursor(end)))}
        if end < len(found)
        else {}
    )
    return {"data": found[start:end], "paging": {"cursors": cursors, **more}}


def _cursor(offset: int) -> str:
    return base64.b64encode(str(offset).encode()).decode()
