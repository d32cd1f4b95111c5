"""Today: the funnel, limits, what needs a person, who is due and why, the sandbox."""

import pytest
from comeback.changes import SaveIncident
from comeback.conversations.model import ChannelKind, Incident
from comeback.errors import UnknownOutcome
from playwright.sync_api import Page, expect

from tests.browser.console.harness import Console
from tests.browser.console.salon import SECOND, Salon, salon_of


@pytest.fixture
def salon(console: Console, monkeypatch: pytest.MonkeyPatch) -> Salon:
    made = salon_of(console, monkeypatch)
    made.know("anna", "Anna Petrova")
    return made


def test_who_is_due_and_why(console: Console, page: Page, salon: Salon) -> None:
    salon.know("bella", "Bella", SECOND, days_ago=45)
    console.open(page)
    due = page.get_by_role("table", name="Who is due, and why")
    expect(due.get_by_role("row")).to_have_count(3)
    row = due.get_by_role("row").filter(has_text="Anna Petrova")
    expect(row).to_contain_text("Haircut")
    expect(row).to_contain_text("60 days ago")
    row.locator("summary").click()
    expect(row).to_contain_text("For their silence")


def test_a_message_is_previewed_and_then_really_begun(
    console: Console, page: Page, salon: Salon
) -> None:
    commits = salon.store.client("salon", "anna")
    console.open(page)
    page.get_by_role("button", name="Preview").click()
    dialog = page.get_by_role("dialog", name="What Anna Petrova would be written")
    expect(dialog).to_contain_text("nothing was sent, nothing was written down")
    expect(dialog.locator("blockquote")).to_contain_text("Haircut")
    dialog.get_by_text("Written from").click()
    expect(dialog).to_contain_text("Days since the last visit")
    console.accessible(page)
    assert salon.store.client("salon", "anna") == commits
    dialog.get_by_role("button", name="Write now").click()
    page.get_by_role("dialog", name="Write now").get_by_role("button", name="Write now").click()
    expect(page.locator("h1")).to_have_text("A journey")
    ((_, _, kind),) = salon.orchestrator.others
    assert kind.startswith("manual")


def test_the_sandbox_shows_everybody_and_writes_nothing(
    console: Console, page: Page, salon: Salon
) -> None:
    salon.client("clara", days_ago=60)
    salon.know("bella", "Bella", SECOND)
    before = salon.store.client("salon", "anna")
    console.open(page)
    page.get_by_role("link", name="What would happen?").click()
    expect(page.locator("article").filter(has_text="Anna Petrova")).to_contain_text("Haircut")
    expect(page.locator("article")).to_have_count(3)
    expect(page.get_by_text("nothing was sent, nothing was written down")).to_be_visible()
    assert salon.store.client("salon", "anna") == before
    assert salon.telegram.sent == []
    console.fits(page)
    console.accessible(page)


def test_the_day_is_watched_live(console: Console, page: Page, salon: Salon) -> None:
    console.open(page)
    funnel = page.get_by_role("region", name="Today's funnel")
    expect(funnel.locator(".stat").filter(has_text="Written to")).to_contain_text("0")
    salon.sent()
    written = funnel.locator(".stat").filter(has_text="Written to")
    expect(written).to_contain_text("1")
    expect(page.get_by_text("Today's campaign has begun.")).to_be_visible()
    limits = page.get_by_role("region", name="Limits and accounts")
    expect(limits.get_by_role("region", name="Telegram")).to_contain_text("1 / 20")


def test_pause_and_resume(console: Console, page: Page, salon: Salon) -> None:
    console.open(page, role="manager")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused: nobody is written to.")).to_be_visible()
    assert not console.store.company("salon").enabled
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert console.store.company("salon").enabled


def test_a_stopped_account_is_told_and_the_owner_lets_it_go_on(
    console: Console, page: Page, salon: Salon
) -> None:
    salon.sent()
    stop = Incident("restricted", console.now)
    console.store.commit([SaveIncident("salon", ChannelKind.TELEGRAM, stop)])
    console.open(page)
    expect(page.get_by_text("Telegram has stopped our messages.")).to_be_visible()
    page.get_by_role("button", name="Let it go on").click()
    page.get_by_role("dialog").get_by_role("button", name="Let it go on").click()
    expect(page.get_by_text("Telegram has stopped our messages.")).to_be_hidden()
    assert console.store.accounts("salon")[ChannelKind.TELEGRAM].resumed_at == console.now


def test_a_message_in_doubt_is_settled(console: Console, page: Page, salon: Salon) -> None:
    salon.telegram.problems.append(UnknownOutcome("lost"))
    salon.sent()
    salon.clock.advance(hours=1)
    salon.show()
    console.open(page)
    needs = page.get_by_role("region", name="Needs a person")
    expect(needs).to_contain_text("Anna Petrova")
    console.accessible(page)
    needs.get_by_role("button", name="It arrived").click()
    expect(needs).to_contain_text("Nothing: all goes its way.")
    assert list(console.store.uncertain("salon")) == []


def test_who_waits_for_a_person_is_named(console: Console, page: Page, salon: Salon) -> None:
    salon.sent()
    salon.says("Is there parking near you?")
    console.open(page)
    needs = page.get_by_role("region", name="Needs a person")
    needs.get_by_role("link", name="Anna Petrova").click()
    expect(page.get_by_text("Is there parking near you?")).to_be_visible()


def test_a_viewer_looks_and_changes_nothing(console: Console, page: Page, salon: Salon) -> None:
    salon.telegram.problems.append(UnknownOutcome("lost"))
    salon.sent()
    salon.clock.advance(hours=1)
    salon.show()
    console.open(page, role="viewer")
    for name in ("Pause", "It arrived", "It did not"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()
    console.go(page, "#/today/sandbox")
    expect(page.get_by_role("button", name="With the model's words")).to_be_disabled()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_it_fits_and_is_accessible(
    console: Console, page: Page, salon: Salon, width: int, lang: str
) -> None:
    salon.know("bella", "Bella", SECOND)
    salon.telegram.problems.append(UnknownOutcome("lost"))
    salon.sent()
    salon.clock.advance(hours=1)
    salon.show()
    console.open(page, width=width, lang=lang)
    page.locator("table").last.wait_for()
    console.fits(page)
    console.accessible(page)
    console.go(page, "#/today/sandbox")
    page.locator("article").first.wait_for()
    console.fits(page)
    console.accessible(page)
