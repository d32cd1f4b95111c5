"""Pictures of the pages, for the README: by the Chromium of the browser tests."""

from pathlib import Path
from typing import Any

from cloud import places
from cloud.browser import executable
from playwright.sync_api import Page, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PHONES = 3
WIDTH, HEIGHT = 1360, 900
PATIENCE_MS = 30_000
CONSOLE = {"journey": "#/journeys", "services": "#/services", "results": "#/results"}
TODAY = {"today": "#/today"}
_LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB"}
_PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "locale": "ru-RU",
    "color_scheme": "dark",
}


def take(path: Path, url: str, width: int, height: int, *, phones: int = 0) -> None:
    """A PNG of `width` × `height` pixels; `phones`: waits until so many stand on the wall, each with a message.

    Raises playwright's TimeoutError when they don't come within `PATIENCE_MS`.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*FLAGS])
        page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=1)
        page.goto(url)
        _await_phones(page, phones)
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path)
        browser.close()


def take_phones(path: Path) -> None:
    """The wall of the three liveliest phones, as it stands in the world that runs now."""
    take(path, f"{places.world_url()}/phones?wall={PHONES}", WIDTH, HEIGHT, phones=PHONES)


def take_report(path: Path, name: str) -> None:
    """The phone of `name`, at its latest picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*FLAGS])
        page = browser.new_page(viewport={"width": 900, "height": HEIGHT}, device_scale_factor=1)
        page.goto(f"{places.world_url()}/phones")
        page.locator("#list").get_by_text(name).first.click()
        phone = page.locator(".phone", has_text=name)
        picture = phone.locator("img").last
        picture.wait_for(timeout=PATIENCE_MS)
        picture.evaluate("image => image.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(300)
        phone.screenshot(path=path)
        browser.close()


def take_today(folder: Path, email: str, password: str) -> None:
    """The page of the day that runs now; and on a phone, in Russian and dark."""
    _take(folder, email, password, (_LAPTOP, TODAY), (_PHONE, {"phone": "#/today"}))


def take_console(folder: Path, email: str, password: str) -> None:
    """`console-*.png`: what each page of `CONSOLE` shows of the salon that runs now."""
    _take(folder, email, password, (_LAPTOP, CONSOLE))


def _take(
    folder: Path, email: str, password: str, *sets: tuple[dict[str, Any], dict[str, str]]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*FLAGS])
        for looks, pages in sets:
            context = browser.new_context(**looks)
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto(f"{places.console_url()}/#/today")
            page.locator("input[name=email]").fill(email)
            page.locator("input[name=password]").fill(password)
            page.locator("button[type=submit]").click()
            page.get_by_role("navigation").first.wait_for()
            for name, address in pages.items():
                page.goto(f"{places.console_url()}/{address}")
                _drawn(page)
                if name == "journey":
                    page.locator("main table a").first.click()
                    _drawn(page)
                page.screenshot(path=folder / f"console-{name}.png")
            context.close()
        browser.close()


def _drawn(page: Page) -> None:
    page.locator("main h1").first.wait_for()
    page.locator("main .loading").first.wait_for(state="detached")
    page.wait_for_timeout(500)


def _await_phones(page: Page, phones: int) -> None:
    if phones:
        nth = page.locator(".phone:has(.bubble)").nth(phones - 1)
        nth.wait_for(timeout=PATIENCE_MS)
