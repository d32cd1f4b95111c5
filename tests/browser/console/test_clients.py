"""The clients page: somebody is found, looked at, noted, taken out of marketing, erased, exported."""

import re
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest
from comeback.bookings.model import Service, Staff
from comeback.changes import BindAddress, PutOutbox, SaveClient, SaveConsent, SaveDue, SaveVisit
from comeback.clients.model import Client, Consent, Visit, VisitStatus, opted_out
from comeback.conversations.model import (
    Address,
    Button,
    ChannelKind,
    Content,
    OutboxMessage,
    Purpose,
)
from comeback.errors import NotFound
from comeback.reactivation.model import DueService, IntervalSource
from playwright.sync_api import Page, expect

from tests.browser.console.harness import NOW, Console

NUMBER = Address(ChannelKind.WHATSAPP, "79161234567")
ANNA = Client(
    "salon",
    "anna",
    "Анна Королёва",
    "+79161234567",
    addresses=(NUMBER,),
    tags=("quiet",),
)
OTHERS = 60
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def salon(console: Console) -> None:
    store = console.store
    store.save_catalogue("salon", [Service("cut", "Haircut", 60, 200_000)], [Staff("olga", "Olga")])
    agreed = Consent(Purpose.MARKETING, True, NOW - timedelta(days=90), "import:file", "v1")
    due = DueService(
        "salon", "anna", "cut", TODAY + timedelta(days=3), TODAY + timedelta(days=3),
        TODAY - timedelta(days=25), 3, 600_000, False, IntervalSource.HISTORICAL, "Every four weeks",
    )  # fmt: skip
    said = OutboxMessage(
        "salon", "anna", "j1.1", NUMBER, Content("Time for a haircut?", (Button("y", "Book me"),)),
        Purpose.MARKETING, NOW - timedelta(days=30),
    )  # fmt: skip
    visits = [
        Visit(f"v{n}", "cut", "olga", NOW - timedelta(days=25 + 28 * n), VisitStatus.COMPLETED, 200_000)
        for n in range(3)
    ]  # fmt: skip
    store.commit([SaveClient(ANNA), BindAddress("salon", "anna", NUMBER), SaveDue(due)])
    store.commit([SaveConsent("salon", "anna", agreed), PutOutbox(said)])
    store.commit([SaveVisit("salon", "anna", visit) for visit in visits])


@pytest.fixture
def crowd(console: Console) -> None:
    for start in range(0, OTHERS, 20):
        named = range(start, start + 20)
        fresh = [Client("salon", f"c{n:02}", f"Client {n}", f"+7999000{n:04}") for n in named]
        console.store.commit([SaveClient(client) for client in fresh])


def names(page: Page) -> list[str]:
    return page.locator(".page-clients tbody td:first-child").all_inner_texts()


def look_for(page: Page, text: str) -> None:
    page.get_by_role("searchbox", name="Name, phone or tag").fill(text)


@pytest.mark.parametrize("text", ["королева", "8 916 123 45 67", "4567", "quiet"])
def test_somebody_is_found(console: Console, page: Page, crowd: None, text: str) -> None:
    console.open(page, "#/clients")
    look_for(page, text)
    expect(page.locator("tbody tr")).to_have_count(1)
    assert page.url.partition("?q=")[2] != "", "the search can be sent on as a link"
    page.get_by_role("link", name="Анна Королёва").click()
    expect(page.get_by_role("heading", level=1, name="Анна Королёва")).to_be_visible()


def test_the_list_goes_on(console: Console, page: Page, crowd: None) -> None:
    console.open(page, "#/clients")
    assert len(names(page)) == 50
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("tbody tr")).to_have_count(OTHERS + 1)


def test_nobody_is_found(console: Console, page: Page) -> None:
    console.open(page, "#/clients?q=zzz")
    expect(page.get_by_text("Nobody fits")).to_be_visible()
    console.accessible(page)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("hash", ["#/clients", "#/clients/anna"])
def test_everybody_can_read_it(console: Console, page: Page, hash: str, width: int) -> None:
    for scheme in ("light", "dark"):
        console.open(page, hash, width=width, scheme=scheme)
        expect(page.get_by_text("Анна Королёва").first).to_be_visible()
        console.fits(page)
        console.accessible(page)


def test_a_profile(console: Console, page: Page) -> None:
    console.open(page, "#/clients/anna")
    chart = page.get_by_role("img", name="Haircut: visits, and when the next is expected")
    expect(chart.locator("circle")).to_have_count(3)
    expect(chart.locator("rect.band")).to_be_visible()
    expect(page.locator("dd", has_text="5 Mar 2026").first).to_be_visible()
    expect(page.get_by_text("Time for a haircut?")).to_be_visible()
    expect(page.get_by_text("Book me")).to_be_visible()
    expect(page.get_by_text("Offers: yes")).to_have_count(2)
    expect(page.get_by_text("import:file")).to_be_visible()
    expect(page.locator(".stat-value").nth(1)).to_have_text(re.compile(r"6,000"))


def test_in_russian(console: Console, page: Page) -> None:
    """Whose every word is longer: of a client who can not be reached, and wants no offers."""
    no = Consent(Purpose.MARKETING, False, NOW, "whatsapp_stop", "stop-v1", None)
    lost = replace(
        ANNA,
        version=1,
        vip=True,
        unreachable=(ChannelKind.WHATSAPP,),
        away_until=NOW + timedelta(days=9),
        addresses=(NUMBER, Address(ChannelKind.TELEGRAM, "1234567890")),
        doubtful=(ChannelKind.TELEGRAM,),
    )
    console.store.commit([SaveConsent("salon", "anna", no), SaveClient(lost)])
    console.open(page, "#/clients/anna", lang="ru", width=360)
    expect(page.get_by_role("heading", name="Переписка")).to_be_visible()
    expect(page.get_by_text("Не получает предложений")).to_be_visible()
    assert page.get_by_text(re.compile(r"clients\.\w+")).count() == 0
    console.fits(page)
    console.accessible(page)


def test_notes_are_kept(console: Console, page: Page) -> None:
    console.open(page, "#/clients/anna")
    page.get_by_label("Tags, separated by commas").fill("quiet, tea")
    page.get_by_label("VIP: comes first").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".heading").get_by_role("link", name="tea")).to_be_visible()
    kept = console.store.client("salon", "anna").client
    assert (kept.tags, kept.vip, kept.version) == (("quiet", "tea"), True, 2)
    page.locator(".heading").get_by_role("link", name="tea").click()
    expect(page.get_by_text("Tag: tea")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_note_over_somebody_elses_is_refused(console: Console, page: Page) -> None:
    console.open(page, "#/clients/anna")
    other = replace(console.store.client("salon", "anna").client, tags=("theirs",))
    console.store.commit([SaveClient(other)])
    page.get_by_label("Tags, separated by commas").fill("mine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody changed this meanwhile")).to_be_visible()
    assert console.store.client("salon", "anna").client.tags == ("theirs",)


def test_opting_out_asks_first(console: Console, page: Page) -> None:
    console.open(page, "#/clients/anna", role="manager")
    page.get_by_role("button", name="Stop offers").click()
    asked = page.get_by_role("dialog", name="Stop offers to Анна Королёва?")
    console.accessible(page)
    asked.get_by_role("button", name="Cancel").click()
    assert not opted_out(console.store.client("salon", "anna").consents)
    page.get_by_role("button", name="Stop offers").click()
    asked.get_by_role("button", name="Stop offers").click()
    expect(page.get_by_text("Gets no offers")).to_be_visible()
    expect(page.get_by_text("not at all")).to_be_visible()
    assert opted_out(console.store.client("salon", "anna").consents)


def test_erasing_wants_a_word(console: Console, page: Page) -> None:
    console.open(page, "#/clients/anna")
    page.get_by_role("button", name="Erase").click()
    asked = page.get_by_role("dialog")
    word = asked.get_by_label("Type ERASE to go on")
    word.fill("erase")
    asked.get_by_role("button", name="Erase").click()
    expect(word).to_have_attribute("aria-invalid", "true")
    console.accessible(page)
    console.store.client("salon", "anna")
    word.fill("ERASE")
    asked.get_by_role("button", name="Erase").click()
    expect(page.get_by_text("No clients yet")).to_be_visible()
    with pytest.raises(NotFound):
        console.store.client("salon", "anna")


def test_a_viewer_only_looks(console: Console, page: Page) -> None:
    console.open(page, "#/clients", role="viewer")
    expect(page.get_by_role("button", name="Export")).to_have_count(0)
    console.go(page, "#/clients/anna")
    for name in ("Stop offers", "Erase"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_label("Tags, separated by commas")).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()


@pytest.mark.parametrize("kind", ["CSV", "Excel (XLSX)"])
def test_an_export(console: Console, page: Page, kind: str) -> None:
    """The link leads to the bucket, and its file is what was asked for."""
    console.open(page, "#/clients", role="manager", width=360)
    bucket = boto3.client("s3")
    page.get_by_role("button", name="Export").click()
    asked = page.get_by_role("dialog")
    asked.get_by_role("radio", name=kind).check()
    asked.get_by_role("button", name="Prepare the file").click()
    link = asked.get_by_role("link", name=re.compile("Download clients-2026-03-02"))
    expect(asked.get_by_text("1 row.")).to_be_visible()
    console.accessible(page)
    console.fits(page)
    url = link.get_attribute("href") or ""
    assert "X-Amz-Expires=600" in url
    key = re.search(r"exports/salon/\w+\.\w+", url)
    assert key is not None
    name = bucket.list_buckets()["Buckets"][0]["Name"]
    body = bucket.get_object(Bucket=name, Key=key[0])["Body"].read()
    assert body.startswith(b"PK") if "XLSX" in kind else "Анна Королёва" in body.decode("utf-8-sig")
