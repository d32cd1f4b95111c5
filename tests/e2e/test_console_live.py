"""The console on the deployed cloud, in a browser: signed in at the edge, a journey watched from sending to booking."""

from collections.abc import Iterator

import pytest
from cloud import places
from cloud.browser import executable
from comeback.conversations.model import ChannelKind
from comeback.team.model import Role
from demo.driver import Driver
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import FLAGS
from tests.e2e.door import PASSWORD, Door
from tests.e2e.shop import Shop, buttons_of

SERIAL = 9102
PATIENCE_MS = 30_000


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        opened = browser.new_page(locale="en-GB")
        opened.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield opened
        browser.close()


def test_a_journey_is_watched_live_from_sending_to_booking(
    driver: Driver,
    door: Door,
    company_id: str,
    page: Page,
) -> None:
    shop = Shop(driver, company_id, ChannelKind.TELEGRAM, SERIAL)
    shop.open()
    page.goto(f"{places.console_url()}/#/journeys")
    page.get_by_label("E-mail").fill(door.member(company_id, Role.VIEWER))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    shop.campaign()
    (offer,) = shop.wait_for_messages(1)
    page.reload()  # by its cookie, the session goes on
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    row.get_by_role("link").first.click()
    happened = page.get_by_role("region", name="What happened")
    expect(happened).to_contain_text("Message 1")
    shop.press(offer, buttons_of(offer)[0])
    expect(page.get_by_role("region", name="Booking")).to_contain_text("Haircut")
    expect(happened).to_contain_text("Booked")
    assert page.evaluate("() => [{...localStorage}, {...sessionStorage}]") == [{}, {}]
