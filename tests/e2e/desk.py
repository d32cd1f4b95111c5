"""Where an owner sits: the admin API's handler in this process. Whoever gets no answer asks again, with the same words and the
page as it stood."""

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cloud import stack
from comeback.conversations.model import Address, ChannelKind
from comeback.runtime.team import CognitoTeam
from comeback.team.model import Role

from tests.e2e.indoors import CONTEXT, Indoors
from tests.e2e.shop import Shop
from tests.fakes.admin_call import admin_call, claims_of

TRIES = 5
OWNER = "11111111-2222-3333-4444-555555555555"
"""The asking owner's id; nobody of the user pool."""
Page = Mapping[str, Any]


class Desk:
    def __init__(self, home: Indoors, salon: Shop) -> None:
        self.home = home
        self.salon = salon
        self.company_id = salon.company.company_id
        self.first_status: int | None = None
        """What the first call was answered with."""
        self._app = importlib.import_module("api.admin.app").handler

    # ── asking ───────────────────────────────────────────────────────────────────────────────────

    def asks(self, method: str, path: str, body: object = None, match: str = "*") -> None:
        """Until there is an answer: that it is done, or that nothing is left to do; of what goes by steps, that all went well."""
        for _ in range(TRIES):
            status, told, _headers = self._call(method, path, body, match)
            self.first_status = self.first_status or status
            steps = told.get("steps", ()) if isinstance(told, dict) else ()
            if status < 500 and all(step["ok"] for step in steps):
                return
        raise AssertionError(f"{method} {path} is never answered")

    def sees(self, path: str) -> tuple[Page, str]:
        """A page and its ETag."""
        status, page, headers = self._call("GET", path, None, "*")
        assert status == 200, page
        return page, headers.get("ETag", "*")

    def changes(
        self, path: str, body: Callable[[Page], object], method: str = "PUT", at: str = ""
    ) -> None:
        """The page as it stands goes back with a change, `at` another place if it is not its own."""
        page, etag = self.sees(path)
        self.asks(method, at or path, body(page), etag)

    def _call(
        self, method: str, path: str, body: object, match: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        claims = claims_of(self.company_id, Role.OWNER.value, OWNER)
        headers = {"idempotency-key": "the-key", "if-match": match}
        event = admin_call(self.company_id, method, path, body, claims=claims, headers=headers)
        answer = self._app(event, CONTEXT)
        told = json.loads(answer["body"]) if answer["body"] else None
        return answer["statusCode"], told, answer["headers"]

    # ── what stands before ───────────────────────────────────────────────────────────────────────

    def offered(self) -> None:
        """The day's campaign has written to the client."""
        self.salon.campaign()
        self.home.until(lambda: bool(self.salon.journeys()), "a journey")
        self.home.until(lambda: bool(self.salon.journeys()[0].attempt.sent_at), "the offer")

    @property
    def journey(self) -> str:
        """Its place in the API."""
        return f"journeys/{self.salon.client_id}/{self.salon.journeys()[0].journey_id}"

    def with_owner(self) -> None:
        """Connected in Telegram, as the company's owner."""
        chat = self.salon.owners_chat
        users = [{"user_id": int(chat), "name": "Owner", "language": "en"}]
        self.home.call("/world/telegram/users", {"users": users, "subscribed_to": self.salon.bot})
        self.keeps(owner=Address(ChannelKind.TELEGRAM, chat))

    def keeps(self, **settings: Any) -> None:
        """Settings of the company, written directly."""
        self.salon.company = replace(self.home.store.company(self.company_id), **settings)
        self.home.store.save_company(self.salon.company)

    def with_team(self) -> None:
        """An owner, and a viewer who was invited and has not come."""
        for role in (Role.OWNER, Role.VIEWER):
            self._people.invite(self.company_id, self.address(role), role, "en", quiet=True)

    def address(self, role: Role) -> str:
        return f"{role}@{self.company_id}.example"

    def member(self, role: Role) -> str:
        """Their place in the API."""
        found = self._people.members(self.company_id)
        return f"team/{next(m.user_id for m in found if m.email == self.address(role))}"

    @property
    def _people(self) -> CognitoTeam:
        return CognitoTeam(stack.client("cognito-idp"), self.home.outputs["UserPoolId"])
