"""The page of results: what the messages brought, as the company's store has it."""

import re
from dataclasses import replace
from datetime import date

import pytest
from comeback.conversations.model import ChannelKind
from playwright.sync_api import Page, expect

from tests.browser.console.harness import Console
from tests.fakes.months import Months

TODAY = date(2026, 3, 2)


@pytest.fixture
def months(console: Console) -> Months:
    company = console.store.company(console.company_id)
    company = replace(company, holdout_percent=25, message_prices={ChannelKind.WHATSAPP: 500})
    console.store.save_company(company)
    months = Months(company, TODAY, days=50, a_day=2)
    months.fill(console.store)
    return months


def test_what_the_messages_brought(console: Console, page: Page, months: Months) -> None:
    months.draw(console.store, treated=0.3, control=0.28, clients=80)
    console.open(page, "#/results?period=quarter", role="viewer")
    for title in ("From due to booked", "What the messages changed", "Money", "Hours and days"):
        expect(page.get_by_role("region", name=title, exact=True).first).to_be_visible()
    figures = page.locator(".stat")
    expect(figures.filter(has_text="Booked")).to_contain_text(re.compile(r"\d+%.*target 15%–20%"))
    expect(figures.filter(has_text="Return")).to_contain_text("not told yet")
    expect(page.get_by_role("cell", name="Message no. 1")).to_be_visible()
    page.get_by_role("radio", name="Service").check()
    expect(page.get_by_role("cell", name="Manicure").first).to_be_visible()
    heat = page.locator("table.heat td:not(:empty)")
    assert heat.filter(has_text="/").count() > 10
    assert page.locator("table.heat td.few").count() > 0
    expect(page.get_by_role("cell", name="Reminder")).to_be_visible()
    assert page.get_by_role("button", name="CSV file").count() == 0  # whoever looks takes no file
    console.accessible(page)


def test_a_return_beyond_chance_is_told(console: Console, page: Page, months: Months) -> None:
    months.draw(console.store, treated=0.6, control=0.15, clients=240)
    console.open(page, "#/results?period=quarter")
    lift = page.get_by_role("region", name="What the messages changed", exact=True)
    expect(lift).to_contain_text("This is not chance")
    returned = page.locator(".stat").filter(has_text="Return on what was spent")
    expect(returned).to_contain_text(re.compile(r"[\d.,]+×"))
    expect(returned).to_contain_text("met")
    expect(page.get_by_role("button", name="CSV file")).to_be_visible()


def test_days_of_ones_own(console: Console, page: Page, months: Months) -> None:
    console.open(page, "#/results")
    page.get_by_role("radio", name="Days…").check()
    page.locator("input[name=since]").fill("2026-02-02")
    page.locator("input[name=until]").fill("2026-02-06")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("from 2 Feb 2026 to 6 Feb 2026")).to_be_visible()
    assert page.url.endswith("#/results?period=range&since=2026-02-02&until=2026-02-06")
    page.locator("input[name=since]").fill("2026-02-09")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main").get_by_role("alert").first).to_contain_text("is after")


@pytest.mark.parametrize(("width", "lang", "scheme"), [(360, "ru", "dark"), (1280, "en", "light")])
def test_it_fits(
    console: Console, page: Page, months: Months, width: int, lang: str, scheme: str
) -> None:
    months.draw(console.store, treated=0.3, control=0.28, clients=40)
    console.open(page, "#/results?period=quarter", width=width, lang=lang, scheme=scheme)  # type: ignore[arg-type]
    console.fits(page)
    console.accessible(page)


def test_a_company_that_has_sent_nothing(console: Console, page: Page) -> None:
    console.open(page, "#/results", width=360)
    expect(page.get_by_text("No messages left in these days")).to_be_visible()
    console.accessible(page)
