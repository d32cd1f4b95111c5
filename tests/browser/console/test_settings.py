"""Settings: all saved at once, told by its field what does not fit, and no owner overwrites another."""

from dataclasses import replace
from datetime import time

import pytest
from comeback.changes import Audited, SaveCompany
from comeback.companies.model import Tone
from comeback.conversations.model import ChannelKind
from playwright.sync_api import Page, expect

from tests.browser.console.harness import Console

SAVED = "Settings are saved"


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_settings_are_changed_and_come_back(console: Console, page: Page) -> None:
    console.open(page, "#/settings")
    page.get_by_label("Tone").select_option("professional")
    page.get_by_label("Not before").fill("11:30")
    page.get_by_role("group", name="On these days").get_by_label("Sat").check()
    page.get_by_role("button", name="Up: WhatsApp").click()
    page.get_by_role("group", name="Opening hours").get_by_label("Monday", exact=True).check()
    page.get_by_label("Never written to, to compare").fill("15")
    page.get_by_label("Price of a WhatsApp message").fill("6.5")
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    stored = console.store.company("salon")
    assert (stored.tone, stored.sending.start, stored.holdout_percent) == (
        Tone.PROFESSIONAL,
        time(11, 30),
        15,
    )
    assert stored.sending.days == frozenset(range(6))
    assert stored.channels == (ChannelKind.WHATSAPP, ChannelKind.TELEGRAM)
    assert stored.opening[0].opens == time(10)
    assert stored.message_prices == {ChannelKind.WHATSAPP: 650}
    assert stored.minor_per_usd is None
    expect(page.get_by_label("Not before")).to_have_value("11:30")
    expect(page.get_by_label("Price of a WhatsApp message")).to_have_value("6.5")
    (audited,) = console.store.audit("salon", "", 9)
    assert set(audited.fields) == {
        "tone", "channels", "opening", "holdout_percent", "message_prices", "sending_start", "sending_days",
    }  # fmt: skip
    page.get_by_label("Hour of the daily report").fill("8")
    save(page)
    expect(page.get_by_label("Hour of the daily report")).to_have_value("8")
    console.until(page, "!document.querySelector('[aria-busy=true]')")
    assert console.store.company("salon").report_hour == 8


def test_what_does_not_fit_is_told_at_its_field(console: Console, page: Page) -> None:
    console.open(page, "#/settings", lang="ru")
    page.get_by_label("Не позже").fill("09:00")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("не позже начала")).to_be_visible()
    expect(page.get_by_label("Не позже")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Не позже").fill("19:00")
    days = page.get_by_role("group", name="В эти дни")
    for box in days.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Сохранить").click()
    expect(days).to_contain_text("ни одного дня")
    console.accessible(page)
    assert console.store.company("salon").version == 0


def test_who_was_ahead_is_named(console: Console, page: Page) -> None:
    console.open(page, "#/settings")
    company = console.store.company("salon")
    theirs = Audited("salon", console.now, "user-2", "company.change_settings", "salon", ("tone",))
    console.store.commit([SaveCompany(replace(company, tone=Tone.CASUAL)), theirs])
    page.get_by_label("Hour of the daily report").fill("8")
    save(page)
    told = page.get_by_role("dialog", name="Somebody was ahead of you")
    expect(told).to_contain_text("user-2")
    expect(told).to_contain_text("tone")
    told.get_by_role("button", name="Load what stands now").click()
    expect(page.get_by_label("Tone")).to_have_value("casual")
    assert console.store.company("salon").report_hour == 9


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_only_owners_change_settings(console: Console, page: Page, role: str) -> None:
    console.open(page, "#/settings", role=role)  # type: ignore[arg-type]  # one of them
    expect(page.get_by_label("Tone")).to_be_disabled()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    expect(page.get_by_text("Owners change the settings")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_and_can_be_read_by_anybody(console: Console, page: Page, width: int) -> None:
    console.open(page, "#/settings", width=width)
    console.fits(page)
    console.accessible(page)
    console.open(page, "#/settings", width=width, lang="ru", scheme="dark")
    console.fits(page)
    console.accessible(page)
