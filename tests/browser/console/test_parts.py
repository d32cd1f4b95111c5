"""ui.js and charts.js: every part once, in both themes and at both widths."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console.harness import Console

GALLERY = (Path(__file__).parent / "gallery.js").read_text()


def gallery(console: Console, page: Page, **how: object) -> Page:
    console.open(page, "#/nowhere", **how)  # type: ignore[arg-type]  # as it is given
    assert page.evaluate(GALLERY) == "Saved"
    page.locator("svg.chart").first.wait_for()
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_part_is_accessible_and_fits(
    console: Console, page: Page, width: int, scheme: Literal["light", "dark"]
) -> None:
    gallery(console, page, width=width, scheme=scheme)
    console.fits(page)
    console.accessible(page)


def test_a_problem_of_a_field_is_shown_at_the_field(console: Console, page: Page) -> None:
    gallery(console, page)
    send = page.get_by_role("button", name="Send")
    send.click()
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Title").fill("Salon")
    send.click()
    every = page.get_by_label("Every")
    expect(every).to_be_focused()
    expect(every).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("is too long. Take 365 or less.")).to_be_visible()


def test_a_failed_button_says_so_at_the_side(console: Console, page: Page) -> None:
    gallery(console, page).get_by_role("button", name="Fail").click()
    expect(page.locator("#toasts")).to_contain_text("The service is busy")


def test_axe_looks(console: Console, page: Page) -> None:
    gallery(console, page)
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    with pytest.raises(AssertionError, match="image-alt"):
        console.accessible(page)


def test_what_sticks_out_is_named(console: Console, page: Page) -> None:
    gallery(console, page, width=360)
    page.evaluate("document.querySelector('h1').style.width = '900px'")
    with pytest.raises(AssertionError, match="H1"):
        console.fits(page)
