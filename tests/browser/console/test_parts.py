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


ASK = """async (danger) => {
  const { confirm } = await import("/ui.js");
  globalThis.answered = null;
  confirm({ title: "Erase Olga?", text: "For good.", action: "Erase", danger })
    .then((answer) => { globalThis.answered = answer; });
}"""


@pytest.mark.parametrize(
    ("name", "answer"), [("Erase", "true"), ("Cancel", "false"), ("Close", "false")]
)
def test_a_question_is_answered(console: Console, page: Page, name: str, answer: str) -> None:
    gallery(console, page, width=360).evaluate(ASK, True)
    dialog = page.get_by_role("dialog", name="Erase Olga?")
    expect(dialog).to_be_visible()
    console.accessible(page)
    console.fits(page)
    dialog.get_by_role("button", name=name, exact=True).click()
    console.until(page, f"answered === {answer}")
    expect(dialog).to_have_count(0)


def test_escape_means_no(console: Console, page: Page) -> None:
    gallery(console, page).evaluate(ASK, False)
    page.keyboard.press("Escape")
    console.until(page, "answered === false")


PAGED = """async () => {
  const ui = await import("/ui.js");
  const asked = [];
  let broken = false;
  const load = async (cursor) => {
    asked.push(cursor);
    if (broken) throw Object.assign(new Error("x"), { status: 503 });
    return cursor ? { items: ["c"], next: null } : { items: ["a", "b"], next: "2" };
  };
  const list = ui.paged({ load, draw: (items) => ui.h("p", { id: "items" }, items.join()) });
  globalThis.paged = { asked, list, fail: (to) => { broken = to; } };
  ui.replace(document.querySelector("main"), list);
}"""


def test_a_list_goes_on_where_it_ended(console: Console, page: Page) -> None:
    gallery(console, page).evaluate(PAGED)
    items, more = page.locator("#items"), page.get_by_role("button", name="Show more")
    expect(items).to_have_text("a,b")
    page.evaluate("paged.fail(true)")
    more.click()
    expect(page.get_by_role("alert")).to_contain_text("The service is busy")
    expect(items).to_have_text("a,b")
    page.evaluate("paged.fail(false)")
    page.get_by_role("button", name="Try again").click()
    expect(items).to_have_text("a,b,c")
    expect(more).to_have_count(0)
    page.evaluate("paged.list.reload()")
    expect(items).to_have_text("a,b")
    assert page.evaluate("paged.asked") == [None, "2", "2", None]


def test_words_follow_their_number_and_sums_their_currency(console: Console, page: Page) -> None:
    console.open(page, "#/nowhere", lang="ru")
    told = page.evaluate(
        """async () => {
          const i = await import("/i18n.js");
          i.setCompany({ zone: "Asia/Vladivostok", currency: "RUB" });
          return [i.money(150000), i.money(150050, "USD"), i.money(500, "JPY"), i.money(null),
            i.date("2026-03-02"), i.dateTime("2026-03-02T20:30:00Z"), i.days(21), i.percent(0.175, 1),
            i.relative("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")].map((s) => s.replace(/\\s/g, " "));
        }"""
    )
    assert told == [
        "1 500 ₽",
        "1 500,50 $",
        "500 ¥",
        "—",
        "2 мар. 2026",
        "3 мар. 2026, 06:30",
        "21 день",
        "17,5 %",
        "вчера",
    ]
