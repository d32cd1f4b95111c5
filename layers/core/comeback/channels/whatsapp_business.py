"""A WhatsApp number's own affairs: its standing, its templates, where its notifications go (Graph API, external-apis.md B2)."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import httpx
import msgspec

from comeback.channels.whatsapp import NEVER_LEFT, VERSION, http_client, meaning
from comeback.connections.doors import Number
from comeback.decoding import decoded
from comeback.errors import Permanent, Refused, Unavailable, Undeliverable, UnknownOutcome

Answer = TypeVar("Answer")
FIELDS = (
    "display_phone_number,verified_name,quality_rating,whatsapp_business_manager_messaging_limit"
)
PAGE, PAGES = 100, 5
"""An account has 250 templates at most."""


class PhoneNumber(msgspec.Struct):
    display_phone_number: str = ""
    verified_name: str = ""
    quality_rating: str = ""
    whatsapp_business_manager_messaging_limit: str = ""


class Known(msgspec.Struct):
    name: str
    language: str
    status: str


class Cursors(msgspec.Struct):
    after: str = ""


class Paging(msgspec.Struct):
    cursors: Cursors = msgspec.field(default_factory=Cursors)
    next: str = ""


class KnownTemplates(msgspec.Struct):
    data: list[Known]
    paging: Paging = msgspec.field(default_factory=Paging)


class Made(msgspec.Struct):
    status: str = ""


class App(msgspec.Struct):
    override_callback_uri: str = ""


class Apps(msgspec.Struct):
    data: list[App] = []


class Said(msgspec.Struct):
    message: str = ""
    error_user_msg: str = ""


class Complaint(msgspec.Struct):
    error: Said


class WhatsAppBusiness:
    """Raises Refused for a token without the right, Permanent with Meta's own words for anything else it does not take."""

    def __init__(
        self, access_token: str, phone_number_id: str, waba_id: str, base_url: str
    ) -> None:
        self._token = access_token
        self._number = f"{base_url}/{VERSION}/{phone_number_id}"
        self._account = f"{base_url}/{VERSION}/{waba_id}"

    def number(self) -> Number:
        found = self._called("GET", self._number, PhoneNumber, params={"fields": FIELDS})
        return Number(
            found.display_phone_number,
            found.verified_name,
            found.quality_rating,
            found.whatsapp_business_manager_messaging_limit,
        )

    def prove(self, app_secret: str) -> None:
        """Graph refuses a call whose `appsecret_proof` was not made with the app's secret."""
        proof = hmac.new(app_secret.encode(), self._token.encode(), hashlib.sha256).hexdigest()
        try:
            self._called("GET", self._number, PhoneNumber, params={"appsecret_proof": proof})
        except Permanent as error:
            raise Refused("this is not the secret of the app that the token is of") from error

    def templates(self) -> Mapping[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        after: dict[str, str] = {}
        for _ in range(PAGES):
            page = self._called(
                "GET",
                f"{self._account}/message_templates",
                KnownTemplates,
                params={"limit": str(PAGE), "fields": "name,language,status", **after},
            )
            found |= {(known.name, known.language): known.status for known in page.data}
            if not page.paging.next:
                break
            after = {"after": page.paging.cursors.after}
        return found

    def submit(self, registration: Mapping[str, object]) -> str:
        url = f"{self._account}/message_templates"
        return self._called("POST", url, Made, json=dict(registration)).status

    def point(self, url: str, verify_token: str) -> None:
        override = {"override_callback_uri": url, "verify_token": verify_token}
        self._called("POST", f"{self._account}/subscribed_apps", dict[str, Any], json=override)

    def pointed(self) -> Sequence[str]:
        found = self._called("GET", f"{self._account}/subscribed_apps", Apps)
        return [app.override_callback_uri for app in found.data]

    def leave(self) -> None:
        self._called("DELETE", f"{self._account}/subscribed_apps", dict[str, Any])

    def _called(self, method: str, url: str, kind: type[Answer], **more: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            answer = http_client().request(method, url, headers=headers, **more)
        except NEVER_LEFT as error:
            raise Unavailable("WhatsApp can not be reached") from error
        except httpx.HTTPError as error:
            raise UnknownOutcome(f"WhatsApp did not say: {type(error).__name__}") from error
        if not answer.is_success:
            raise _refusal(answer)
        try:
            return decoded(answer.content, kind)
        except msgspec.MsgspecError as error:
            raise UnknownOutcome("WhatsApp's answer can not be read") from error


def _refusal(answer: httpx.Response) -> Exception:
    error = meaning(answer)
    if not isinstance(error, Undeliverable):
        return error
    with suppress(msgspec.MsgspecError):
        said = decoded(answer.content, Complaint).error
        return Permanent(said.error_user_msg or said.message)
    return Permanent(str(error))
