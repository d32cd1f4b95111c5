"""The console as its owner sees it: the files of infra/console and the real APIs behind one address, on moto."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import boto3
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from cloud.edge import Answer, Asked, Edge, server
from cloud.policy import response_headers
from comeback.storage.store import DynamoStore
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.console.gateway import Gateway

FOLDER = Path(__file__).parents[3] / "infra" / "console"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
PASSWORD = "Correct-horse-7"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""Monday, 12:00 in Moscow."""
PATIENCE_MS = 20_000
"""On a busy machine."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SEEN_BY_PAGES = "Failed to load resource"
"""Chromium's own line for an answer of 4xx: of the API it is an answer that a page shows."""

SIDEWAYS = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > wide + 1)
    .map((e) => `${e.tagName}.${e.className.baseVal ?? e.className}`).slice(0, 5);
}"""


def from_folder(folder: Path) -> Any:
    """What S3 would answer."""

    def ask(asked: Asked) -> Answer:
        file = folder / asked.path.split("?")[0].lstrip("/")
        if not file.is_file():
            return Answer(403, {"Content-Type": "text/plain"}, b"no such file")
        kind = TYPES[file.suffix]
        return Answer(200, {"Content-Type": kind, "Cache-Control": "no-cache"}, file.read_bytes())

    return ask


@dataclass
class Served:
    """One server for a module's tests; what answers behind /admin and /session changes from test to test."""

    url: str
    edge: Edge
    gateway: Gateway


def serve(gateway: Gateway) -> tuple[Any, Served]:
    edge = Edge(from_folder(FOLDER), gateway, response_headers())
    made = server(edge, 0)
    Thread(target=made.serve_forever, daemon=True).start()
    return made, Served(f"http://127.0.0.1:{made.server_address[1]}", edge, gateway)


@dataclass
class Watched:
    """What went wrong in a page, which no test forgives."""

    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


@dataclass
class Console:
    """`store`: the company's real store on moto, to seed and to look at. `now`: the time by which all functions go; set it."""

    url: str
    gateway: Gateway
    store: DynamoStore
    company_id: str
    pool_id: str
    now: datetime = NOW
    watched: Watched = field(default_factory=Watched)
    _invited: set[str] = field(default_factory=set)

    def open(
        self,
        page: Page,
        hash: str = "#/today",
        *,
        role: Literal["owner", "manager", "viewer"] | None = "owner",
        width: int = 1280,
        height: int = 900,
        lang: str = "en",
        scheme: Literal["light", "dark"] = "light",
    ) -> Page:
        """Signed in as a person of that role (None: nobody), at the page, which is drawn when this returns."""
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        self.cookie(page, "comeback_language", lang)
        if role is not None:
            self.cookie(
                page, "comeback_session", self.signed_in(role), path="/session", secret=True
            )
            self.cookie(page, "comeback_returning", "1")
        page.goto("about:blank")
        page.goto(f"{self.url}/{hash}")
        self.ready(page)
        return page

    def ready(self, page: Page) -> None:
        """Until the page has drawn itself and nothing says that it is loading."""
        page.locator("h1").first.wait_for()
        page.locator(".page[aria-busy], .loading").first.wait_for(state="detached")

    def until(self, page: Page, expression: str) -> None:
        """Playwright's own wait_for_function evaluates strings, which the page's policy forbids. Raises AssertionError."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not page.evaluate(expression):
            assert time.monotonic() < deadline, f"never: {expression}"
            page.wait_for_timeout(20)

    def go(self, page: Page, hash: str) -> Page:
        """To another page of the same visit."""
        page.evaluate("hash => { location.hash = hash; }", hash)
        page.wait_for_timeout(50)
        self.ready(page)
        return page

    def invite(self, role: str, *, permanent: bool = True) -> str:
        """The e-mail address of a person of that role; the password is PASSWORD."""
        email = f"{role}@example.com"
        if email in self._invited:
            return email
        cognito = boto3.client("cognito-idp")
        told = {"email": email, "custom:company": self.company_id, "custom:role": role}
        cognito.admin_create_user(
            UserPoolId=self.pool_id,
            Username=email,
            TemporaryPassword=PASSWORD,
            UserAttributes=[{"Name": k, "Value": v} for k, v in told.items()],
        )
        if permanent:
            cognito.admin_set_user_password(
                UserPoolId=self.pool_id, Username=email, Password=PASSWORD, Permanent=True
            )
        self._invited.add(email)
        return email

    def signed_in(self, role: str) -> str:
        """A refresh token, by the session's own API."""
        body = json.dumps({"email": self.invite(role), "password": PASSWORD}).encode()
        headers = {"content-type": "application/json"}
        answer = self.gateway(Asked("POST", "/session/sign-in", headers, body))
        assert answer.status == 200, answer.body
        return answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]

    def cookie(
        self, page: Page, name: str, value: str, *, path: str = "/", secret: bool = False
    ) -> None:
        page.context.add_cookies(
            [
                {
                    "name": name,
                    "value": value,
                    "domain": "127.0.0.1",
                    "path": path,
                    "httpOnly": secret,
                    "secure": secret,
                    "sameSite": "Strict",
                }
            ]
        )

    def accessible(self, page: Page) -> None:
        """By axe: WCAG 2.2 A and AA and its best practices. Raises AssertionError with each finding and where it is."""
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        told = [
            f"{finding['id']}: {finding['help']} — "
            + "; ".join(f"{node['target']} {node['failureSummary']}" for node in finding["nodes"])
            for finding in found.response["violations"]
        ]
        assert told == [], "\n".join(told)

    def fits(self, page: Page) -> None:
        """Nobody must scroll sideways. Raises AssertionError naming what sticks out."""
        wide = page.evaluate(SIDEWAYS)
        assert wide == [], wide

    def watch(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.watched.errors.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))

    def _said(self, message: ConsoleMessage) -> None:
        where: Mapping[str, Any] = dict(message.location)
        answer = SEEN_BY_PAGES in message.text and (
            "/admin/" in where["url"] or "/session/" in where["url"]
        )
        if message.type == "error" and not (answer and " 50" not in message.text):
            self.watched.errors.append(f"{message.text} ({where['url']})")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "about:", "blob:")):
            self.watched.strangers.append(url)
