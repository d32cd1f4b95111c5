"""The audit page: the newest first, page by page, ids become addresses for who may see them."""

from datetime import timedelta

import pytest
from comeback.changes import Audited
from playwright.sync_api import Page, expect

from tests.browser.console.harness import NOW, Console

CHANGES = 60


@pytest.fixture(autouse=True)
def log(console: Console) -> None:
    told = [
        Audited("salon", NOW + timedelta(minutes=n), "u1", "rules.save", f"s{n}", ("active",))
        for n in range(CHANGES)
    ]
    console.store.commit(told)


def test_the_newest_first_page_by_page(console: Console, page: Page) -> None:
    console.open(page, "#/audit", role="viewer")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(50)
    expect(rows.first).to_contain_text("s59")
    expect(rows.first).to_contain_text("active")
    page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(CHANGES)
    expect(rows.last).to_contain_text("s0")


def test_an_owner_reads_who_it_was(console: Console, page: Page) -> None:
    from comeback.runtime import wiring

    email = console.invite("owner")
    member = next(m for m in wiring.team().members("salon") if m.email == email)
    later = NOW + timedelta(days=1)
    console.store.commit([Audited("salon", later, member.user_id, "channels.connect", "telegram")])
    console.open(page, "#/audit", role="owner")
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("owner@example.com")
    expect(first).to_contain_text("Connected a channel")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_it_fits_and_reads(console: Console, page: Page, width: int, lang: str) -> None:
    console.open(page, "#/audit", role="owner", width=width, lang=lang)
    console.fits(page)
    console.accessible(page)
