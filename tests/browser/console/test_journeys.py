"""Journeys: the list with its filters, one journey as its timeline, and what a person may do about it."""

from datetime import timedelta

import pytest
from comeback.errors import Undeliverable
from comeback.reactivation.model import Completion, Outcome
from playwright.sync_api import Page, expect

from tests.browser.console.harness import Console
from tests.browser.console.salon import SECOND, Salon, salon_of


@pytest.fixture
def salon(console: Console, monkeypatch: pytest.MonkeyPatch) -> Salon:
    made = salon_of(console, monkeypatch)
    made.know("anna", "Anna Petrova")
    return made


def two(salon: Salon) -> None:
    """Anna's message is out, Bella's has failed."""
    salon.know("bella", "Bella", SECOND)
    refs = {ref.client_id: ref for ref in salon.campaign()}
    salon.telegram.problems.append(Undeliverable("blocked", code="bad"))
    salon.run_until_sent(refs["bella"])
    salon.track.run(refs["bella"], salon.outcome())
    salon.run_until_sent(refs["anna"])
    salon.show()


def one(salon: Salon) -> str:
    ref = salon.sent()
    return f"#/journeys/{ref.client_id}/{ref.journey_id}"


def test_the_list_and_its_filters(console: Console, page: Page, salon: Salon) -> None:
    two(salon)
    console.open(page, "#/journeys", role="viewer")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Bella")).to_contain_text("could not be reached")
    page.get_by_label("State").select_option("waiting")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Anna Petrova")
    page.get_by_label("State").select_option("")
    page.get_by_label("Response").select_option("undeliverable")
    expect(rows).to_contain_text("Bella")
    page.get_by_label("Response").select_option("")
    page.get_by_label("To", exact=True).fill((salon.today - timedelta(days=1)).isoformat())
    expect(page.get_by_text("No journeys here.")).to_be_visible()
    assert "until=" in page.url


def test_a_journey_is_watched_live_from_sending_to_booking(
    console: Console, page: Page, salon: Salon
) -> None:
    at = one(salon)
    console.open(page, at)
    happened = page.get_by_role("region", name="What happened")
    expect(happened.get_by_role("listitem")).to_have_count(2)
    expect(happened).to_contain_text("Message 1")
    page.get_by_text("Written from").click()
    expect(page.get_by_text("our template")).to_be_visible()
    salon.clock.advance(minutes=3)
    salon.says(button=f"slot:{at.rpartition('/')[2]}:1:1")
    expect(page.get_by_role("region", name="Booking")).to_contain_text("Haircut")
    expect(happened).to_contain_text("Booked")
    expect(happened).to_contain_text("We replied")
    console.accessible(page)


def test_a_journey_is_cancelled(console: Console, page: Page, salon: Salon) -> None:
    console.open(page, one(salon), role="manager")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").first.click()
    expect(page.get_by_role("region", name="What happened")).to_contain_text("cancelled")
    assert salon.outcome() is Outcome.SKIPPED
    assert salon.store.client("salon", "anna").journeys[0].completion is Completion.CANCELLED


def test_a_journey_that_failed_is_tried_again(console: Console, page: Page, salon: Salon) -> None:
    two(salon)
    console.open(page, "#/journeys?response=undeliverable", role="manager")
    page.get_by_role("link", name="Bella").click()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("h1")).to_have_text("A journey")
    expect(page.get_by_text("It is beginning")).to_be_visible()
    ((_, _, kind),) = salon.orchestrator.others
    assert kind.startswith("retry")


def test_a_person_answers_instead_of_the_bot(console: Console, page: Page, salon: Salon) -> None:
    console.open(page, one(salon), role="manager")
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("You answer this client.")).to_be_visible()
    salon.clock.advance(minutes=1)
    salon.show()
    said = len(salon.telegram.sent)
    salon.says("May I bring my dog?")
    assert len(salon.telegram.sent) == said
    expect(page.get_by_text("May I bring my dog?")).to_be_visible()
    page.get_by_label("Message").fill("Of course, do!")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("A person wrote")).to_be_visible()
    salon.deliver_all()
    assert salon.telegram.sent[-1].content.text == "Of course, do!"
    console.accessible(page)
    page.get_by_role("button", name="Give back to the bot").click()
    expect(page.get_by_role("button", name="Take over")).to_be_visible()
    assert salon.store.client("salon", "anna").person is None


def test_a_viewer_looks_and_changes_nothing(console: Console, page: Page, salon: Salon) -> None:
    console.open(page, one(salon), role="viewer")
    for name in ("Take over", "Cancel"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_it_fits_and_is_accessible(
    console: Console, page: Page, salon: Salon, width: int, lang: str
) -> None:
    two(salon)
    console.open(page, "#/journeys", width=width, lang=lang)
    page.locator("tbody tr").first.wait_for()
    console.fits(page)
    console.accessible(page)
    page.get_by_role("link", name="Anna Petrova").click()
    page.locator("ol.timeline").wait_for()
    console.fits(page)
    console.accessible(page)
