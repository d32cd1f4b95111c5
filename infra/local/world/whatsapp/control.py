"""`/world/whatsapp/...`: Meta's App Dashboard, and users' hands for tests that run in another process."""

from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from world.context import World
from world.control import problem
from world.whatsapp import moderation
from world.whatsapp.model import Account, Template
from world.whatsapp.state import WhatsAppState

NEEDED = ("waba_id", "phone_number_id", "display_phone_number", "access_token", "app_secret")
OPTIONAL = ("verify_token", "webhook_url", "verified_name", "tier")


def routes(world: World) -> list[BaseRoute]:
    async def register(request: Request) -> Response:
        """An account with its templates and webhook; once more changes it and keeps its messages.

        422 when the webhook does not answer the challenge.
        """
        body = msgspec.json.decode(await request.body())
        absent = [name for name in NEEDED if not body.get(name)]
        if absent:
            return problem(f"{absent[0]}: is missing")
        if body.get("webhook_url"):
            why = await refusal(world, body["webhook_url"], body.get("verify_token", ""))
            if why:
                return problem(f"webhook_url: {why}")
        account = _save(world.whatsapp, body)
        return JSONResponse({"phone_number_id": account.phone_number_id}, status_code=201)

    async def introduce(request: Request) -> Response:
        """{"users": [{"phone", "name"?, "unreachable"?: true}]}."""
        body = msgspec.json.decode(await request.body())
        state = world.whatsapp
        for user in body["users"]:
            phone = str(user["phone"]).lstrip("+")
            state.introduce(phone, user.get("name", phone))
            (state.unreachable.add if user.get("unreachable") else state.unreachable.discard)(phone)
        return JSONResponse({"users": len(state.names)})

    async def act(request: Request) -> Response:
        """{"account", "phone", "do": say|press|stop|resume|deliver|read, "text"?, "message_id"?, "button_id"?}."""
        body = msgspec.json.decode(await request.body())
        try:
            return JSONResponse({"result": _act(world.whatsapp, body)})
        except (LookupError, ValueError) as error:
            return problem(str(error))

    async def moderate(request: Request) -> Response:
        """{"account", "do": rate|limit|template|restrict|ban|warn, "event"?, "tier"?, "name"?, "language"?, "kinds"?,
        "state"?, "violation"?}: what Meta does, with its webhook."""
        body = msgspec.json.decode(await request.body())
        try:
            _moderate(world.whatsapp, body)
        except (LookupError, ValueError) as error:
            return problem(str(error))
        return JSONResponse({})

    return [
        Route("/world/whatsapp/moderate", moderate, methods=["POST"]),
        Route("/world/whatsapp/accounts", register, methods=["POST"]),
        Route("/world/whatsapp/users", introduce, methods=["POST"]),
        Route("/world/whatsapp/act", act, methods=["POST"]),
    ]


async def refusal(world: World, url: str, verify_token: str) -> str:
    """Why Meta would not take this webhook, or nothing."""
    challenge = str(world.rng.randrange(10**9, 10**10))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    try:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            answer = await client.get(url, params=query)
    except httpx.HTTPError as error:
        return f"did not answer the verification request ({type(error).__name__})"
    if answer.status_code != 200:
        return f"answered the verification request with {answer.status_code}, not 200"
    if answer.text != challenge:
        return "did not echo hub.challenge as plain text"
    return ""


def _save(state: WhatsAppState, body: Mapping[str, Any]) -> Account:
    given = {name: body[name] for name in (*NEEDED, *OPTIONAL) if name in body}
    account = state.accounts.get(body["phone_number_id"])
    if account is None:
        account = state.accounts[body["phone_number_id"]] = Account(**given)
    for name, value in given.items():
        setattr(account, name, value)
    templates = state.templates_of(account.waba_id)
    for raw in body.get("templates", []):
        templates[raw["name"], raw["language"]] = Template(
            state.new_id(),
            raw["name"],
            raw["language"],
            raw.get("category", "MARKETING").upper(),
            raw["components"],
            raw.get("status", "APPROVED"),
        )
    return account


def _moderate(state: WhatsAppState, body: Mapping[str, Any]) -> None:
    account = state.account(body.get("account", ""))
    match body.get("do"):
        case "rate":
            moderation.rate(state, account, body["event"])
        case "limit":
            moderation.limit(state, account, int(body["tier"]))
        case "template":
            template = state.templates_of(account.waba_id)[body["name"], body["language"]]
            moderation.judge(state, account, template, body["event"])
        case "restrict":
            moderation.restrict(state, account, *body["kinds"])
        case "ban":
            moderation.ban(state, account, body["state"])
        case "warn":
            moderation.warn(state, account, body["violation"])
        case other:
            raise ValueError(
                f"do: {other} is unknown. Use rate, limit, template, restrict, ban or warn"
            )


def _act(state: WhatsAppState, body: Mapping[str, Any]) -> Any:
    account, phone, message_id = (
        body.get("account", ""),
        body.get("phone", ""),
        body.get("message_id", ""),
    )
    match body.get("do"):
        case "say":
            return state.user_sends(account, phone, body["text"], body.get("reply_to", ""))
        case "press":
            return state.press_button(account, phone, message_id, body["button_id"])
        case "stop":
            return state.stop_marketing(account, phone)
        case "resume":
            return state.resume_marketing(account, phone)
        case "deliver":
            return state.deliver(message_id)
        case "read":
            return state.read(message_id)
        case other:
            raise ValueError(
                f"do: {other} is unknown. Use say, press, stop, resume, deliver or read"
            )
