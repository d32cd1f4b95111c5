"""The API's description, as an engineer reads it."""

import json

import openapi
import pytest
from playwright.sync_api import Page, expect

from tests.browser.console.harness import Console


def read(page: Page, console: Console, width: int = 1280) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{console.url}/docs.html")
    page.locator("h1").wait_for()


def test_every_operation_is_told(page: Page, console: Console) -> None:
    read(page, console)
    told = json.loads(openapi.FILE.read_text())["paths"]
    expect(page.locator(".operation")).to_have_count(sum(len(methods) for methods in told.values()))


def test_one_is_found_by_its_words_and_opened(page: Page, console: Console) -> None:
    read(page, console)
    page.get_by_label("Search the operations").fill("/due")
    found = page.locator(".operation:visible").first
    expect(found.locator("summary")).to_contain_text("/admin/{company}/due")
    found.locator("summary").click()
    expect(found.get_by_text("Answer 200")).to_be_visible()
    expect(found.get_by_role("table").first).to_contain_text("query")


@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_accessible_and_fits(page: Page, console: Console, width: int) -> None:
    read(page, console, width)
    page.locator(".operation summary").first.click()
    console.accessible(page)
    console.fits(page)
