"""The team page: an owner invites, changes a role, resets and removes; the last owner stays; nobody else sees it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.console.harness import Console


def row(page: Page, email: str) -> Locator:
    return page.locator(f"tr[data-key='{email}']")


def test_from_the_invitation_to_the_last_day(console: Console, page: Page) -> None:
    console.open(page, "#/team")
    expect(row(page, "owner@example.com")).to_contain_text("You")
    page.get_by_role("button", name="Invite", exact=True).click()
    box = page.get_by_role("dialog")
    box.get_by_label("E-mail").fill("vera@example.com")
    box.get_by_label("Role").select_option("viewer")
    box.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("An invitation is on its way to vera@example.com")).to_be_visible()
    vera = row(page, "vera@example.com")
    expect(vera).to_contain_text("Invited")
    vera.get_by_role("button", name="Invite again").click()

    vera.get_by_role("button", name="Change role").click()
    box.get_by_label("Role").select_option("manager")
    box.get_by_role("button", name="Save").click()
    expect(vera).to_contain_text("Manager")

    vera.get_by_role("button", name="Remove").click()
    box.get_by_role("button", name="Remove").click()
    expect(vera).to_have_count(0)
    told = {entry.operation for entry in console.store.audit("salon", "", 9)}
    assert told == {"team.invite", "team.invite_again", "team.give", "team.remove"}


def test_an_address_that_is_none_is_said_at_its_field(console: Console, page: Page) -> None:
    console.open(page, "#/team")
    page.get_by_role("button", name="Invite", exact=True).click()
    box = page.get_by_role("dialog")
    box.get_by_label("E-mail").fill("owner@example.com")
    box.get_by_role("button", name="Send the invitation").click()
    expect(box.get_by_text("can not be invited: it has an account")).to_be_visible()
    expect(box.get_by_label("E-mail")).to_be_focused()


def test_the_last_owner_stays(console: Console, page: Page) -> None:
    console.open(page, "#/team", lang="ru")
    row(page, "owner@example.com").get_by_role("button", name="Удалить").click()
    page.get_by_role("dialog").get_by_role("button", name="Удалить").click()
    expect(page.get_by_text("это последний владелец")).to_be_visible()
    expect(row(page, "owner@example.com")).to_be_visible()


@pytest.mark.parametrize("role", ["manager", "viewer"])
def test_others_do_not_see_it(console: Console, page: Page, role: str) -> None:
    console.open(page, "#/team", role=role)  # type: ignore[arg-type]  # one of the two
    expect(page.get_by_text("Owners look after the team")).to_be_visible()
    expect(page.locator("table")).to_have_count(0)
    assert not [call for call in console.gateway.calls if "/team" in call[1]]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_reads(console: Console, page: Page, width: int, scheme: str) -> None:
    console.invite("manager", permanent=False)
    console.open(page, "#/team", width=width, lang="ru", scheme=scheme)  # type: ignore[arg-type]
    console.fits(page)
    console.accessible(page)
    page.get_by_role("button", name="Пригласить", exact=True).click()
    console.accessible(page)
