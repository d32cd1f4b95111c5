"""Services: a rule is read with its sources, previewed, saved; the due list follows, and nobody overwrites another."""

from dataclasses import replace
from datetime import date

import pytest
from comeback.bookings.model import Service
from comeback.changes import Audited, SaveRule
from comeback.reactivation.model import Gaps, Interval, IntervalSource
from comeback.reactivation.rule_change import stored_rule
from playwright.sync_api import Page, expect

from tests.browser.console.harness import Console
from tests.browser.console.salon import Salon, salon_of

COUNTS = {14: 3, 21: 30, 28: 60, 35: 20, 70: 4}


@pytest.fixture
def salon(console: Console, monkeypatch: pytest.MonkeyPatch) -> Salon:
    """Haircuts, usually after four weeks: Anna is overdue, Bella is due in a week."""
    made = salon_of(console, monkeypatch)
    made.know("anna", "Anna", days_ago=60)
    made.know("bella", "Bella", days_ago=21)
    made.store.save_gaps("salon", "cut", Gaps(date(2026, 3, 2), 90, 61, COUNTS))
    return made


def due_today(salon: Salon) -> list[str]:
    return sorted(due.client_id for due in salon.store.due("salon", salon.today))


def test_a_rule_change_alters_the_due_list(console: Console, page: Page, salon: Salon) -> None:
    console.open(page, "#/services", role="manager")
    row = page.get_by_role("row", name="Haircut")
    expect(row).to_contain_text("28 days")
    expect(row).to_contain_text("Usual")
    row.get_by_role("link").click()
    console.ready(page)
    page.get_by_label("Interval by hand").fill("14")
    changes = page.get_by_role("region", name="What this would change")
    expect(changes).to_contain_text("1 → 2")
    expect(changes).to_contain_text("1 client more")
    assert due_today(salon) == ["anna"]
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_text("Saved. The due list follows.")).to_be_visible()
    assert due_today(salon) == ["anna", "bella"]
    expect(page.get_by_role("region", name="After how long")).to_contain_text("Set by hand")
    console.go(page, "#/services")
    expect(page.get_by_role("row", name="Haircut")).to_contain_text("14 days")


def test_what_the_visits_say_is_drawn_and_can_be_taken(
    console: Console, page: Page, salon: Salon
) -> None:
    console.open(page, "#/services/cut")
    visits = page.get_by_role("region", name="What your visits say")
    expect(visits.get_by_role("img")).to_be_visible()
    expect(visits).to_contain_text("117 returns of 61 clients out of 90 who came")
    visits.get_by_role("button", name="Calculate the best interval").click()
    expect(visits).to_contain_text("Half of 117 returns came within 28 days")
    visits.get_by_role("button", name="Put 28 into the rule").click()
    expect(page.get_by_label("Interval by hand")).to_have_value("28")
    expect(page.get_by_role("region", name="What this would change")).to_contain_text("nobody more")


def test_who_was_ahead_is_named_and_theirs_can_be_loaded(
    console: Console, page: Page, salon: Salon
) -> None:
    console.open(page, "#/services/cut")
    page.get_by_label("Interval by hand").fill("14")
    rule = stored_rule(salon.store, "salon", "cut")
    by_hand = {**rule.intervals, IntervalSource.MANUAL: Interval(40, "I know them")}
    theirs = Audited("salon", console.now, "user-2", "services.save_rule", "cut", ("intervals",))
    salon.store.commit([SaveRule("salon", replace(rule, intervals=by_hand)), theirs])
    page.get_by_role("button", name="Save the rule").click()
    told = page.get_by_role("dialog", name="Somebody was ahead of you")
    expect(told).to_contain_text("user-2 saved this on 2 Mar 2026")
    console.accessible(page)
    told.get_by_role("button", name="Load what stands now").click()
    expect(page.get_by_label("Interval by hand")).to_have_value("40")
    assert stored_rule(salon.store, "salon", "cut").interval()[1].days == 40


def test_what_can_not_be_is_told_at_its_field(console: Console, page: Page, salon: Salon) -> None:
    console.open(page, "#/services/cut")
    page.get_by_label("Interval by hand").fill("0")
    page.get_by_label("Discount by message").fill("10, 150")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_label("Interval by hand")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Interval by hand").fill("30")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_label("Discount by message")).to_have_attribute("aria-invalid", "true")
    assert salon.store.catalogue("salon").rules == {}


def test_a_paused_rule_is_seen_in_the_list(console: Console, page: Page, salon: Salon) -> None:
    console.open(page, "#/services/cut")
    page.get_by_role("switch", name="Invite clients back").click()
    expect(page.get_by_role("region", name="What this would change")).to_contain_text("1 → 0")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_text("Saved. The due list follows.")).to_be_visible()
    console.go(page, "#/services")
    expect(page.get_by_role("row", name="Haircut")).to_contain_text("Paused")
    assert salon.detect.campaign(salon.company, salon.clock.now()) is None


def test_a_service_and_a_member_of_staff_are_added_and_changed(
    console: Console, page: Page, salon: Salon
) -> None:
    console.open(page, "#/services", role="manager")
    page.get_by_role("button", name="Add a service").click()
    dialog = page.get_by_role("dialog", name="Add a service")
    dialog.get_by_label("Title").fill("Brows")
    dialog.get_by_label("Price").fill("900")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Brows")
    services = salon.store.catalogue("salon").services.values()
    (brows,) = [each for each in services if each.title == "Brows"]
    assert brows == Service(brows.service_id, "Brows", 60, 90_000)
    console.go(page, "#/services?tab=staff")
    page.get_by_role("button", name="Edit: Olga").click()
    dialog = page.get_by_role("dialog", name="Change a member of staff")
    dialog.get_by_role("checkbox", name="Brows").check()
    dialog.get_by_role("checkbox", name="Monday").check()
    dialog.get_by_label("Monday: to").fill("18:30")
    console.accessible(page)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Olga")).to_contain_text("18:30")
    olga = salon.store.catalogue("salon").staff["olga"]
    assert brows.service_id in olga.service_ids


def test_a_viewer_looks_and_changes_nothing(console: Console, page: Page, salon: Salon) -> None:
    console.open(page, "#/services", role="viewer")
    expect(page.get_by_role("button", name="Add a service")).to_be_disabled()
    console.go(page, "#/services/cut")
    expect(page.get_by_label("Interval by hand")).to_be_disabled()
    for name in ("Save the rule", "Calculate the best interval", "Change the service"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("place", ["#/services", "#/services?tab=staff", "#/services/cut"])
def test_it_fits_and_can_be_read_by_anybody(
    console: Console, page: Page, salon: Salon, place: str, width: int
) -> None:
    console.open(page, place, width=width)
    console.fits(page)
    console.accessible(page)
    if place == "#/services/cut":
        page.get_by_label("Interval by hand").fill("14")
        expect(page.get_by_text("1 → 2").first).to_be_visible()
        console.fits(page)
        console.accessible(page)


def test_it_speaks_russian_in_the_dark(console: Console, page: Page, salon: Salon) -> None:
    console.open(page, "#/services/cut", lang="ru", scheme="dark")
    expect(page.get_by_role("heading", name="Через сколько ждать клиентов")).to_be_visible()
    expect(page.get_by_text("Обычно для такого бизнеса")).to_be_visible()
    console.accessible(page)
