"""Signing in."""

from playwright.sync_api import Page, expect

from tests.browser.console.harness import PASSWORD, Console


def test_a_password_opens_the_console(console: Console, page: Page) -> None:
    email = console.invite("owner")
    console.open(page, "#/nowhere", role=None)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    assert page.url.endswith("#/nowhere")


def test_who_has_the_cookie_is_signed_in(console: Console, page: Page) -> None:
    console.open(page, "#/nowhere")
    expect(page.get_by_role("heading", name="This page is not there")).to_be_visible()
    console.accessible(page)
