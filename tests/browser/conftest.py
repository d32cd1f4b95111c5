"""A Chromium for the tests of this folder, which talks to nobody but this machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import pytest
from cloud.browser import executable
from playwright.sync_api import Browser, Page, Playwright, Request, sync_playwright

from tests.adapters.conftest import Receiver, WorldServer, receiver, world, world_server
from tests.adapters.world.phone_owners import EMMA, OLGA, Business

__all__ = ["receiver", "world", "world_server"]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 10_000


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Its event loop runs in this thread, so it must end before other tests start theirs."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture
def business(world: WorldServer, receiver: Receiver) -> Business:
    """It has met Olga on Telegram and Emma on WhatsApp, who answer within two hours: yes."""
    opened = Business.open(world, receiver)
    yes = {"answers": {"yes": 1.0}, "reply_delay_minutes": [60, 120]}
    opened.meet({**OLGA, **yes}, {**EMMA, **yes})
    return opened


@dataclass
class Tab:
    """A page that was opened, and what went wrong in it. `strangers`: requests that left the machine."""

    page: Page
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def saw(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme != "data" and address.hostname != "127.0.0.1":
            self.strangers.append(request.url)


Open = Callable[..., Page]


@pytest.fixture
def open_phones(browser: Browser, world: WorldServer) -> Iterator[Open]:
    """Opens the phones page; afterwards no page had an error, and no request had left the machine."""
    tabs: list[Tab] = []

    def opened(
        query: str = "",
        width: int = 1280,
        height: int = 800,
        scheme: Literal["light", "dark"] = "light",
    ) -> Page:
        page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB"
        )
        page.set_default_timeout(PATIENCE_MS)
        tab = Tab(page)
        tabs.append(tab)
        page.on("console", lambda m: tab.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: tab.errors.append(str(error)))
        page.on("request", tab.saw)
        page.goto(f"{world.url}/phones{query}")
        return page

    yield opened
    for tab in tabs:
        tab.page.close()
    assert [error for tab in tabs for error in tab.errors] == []
    assert [url for tab in tabs for url in tab.strangers] == []
