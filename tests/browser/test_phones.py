"""The phones page in a real browser, before a world that a business writes to."""

import json
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.adapters.conftest import NOW, Receiver
from tests.adapters.world.phone_owners import BUTTONS, OFFER, OLGA, Business
from tests.browser.conftest import Open

TOMORROW = NOW + timedelta(days=1)


def write(business: Business) -> None:
    business.telegram()
    business.whatsapp()


def phone(page: Page, name: str) -> Any:
    return page.get_by_role("region", name=name)


def test_the_list_names_everyone_and_what_came_last(open_phones: Open, business: Business) -> None:
    page = open_phones()
    listed = page.get_by_role("list", name="Phones").get_by_role("button")
    expect(listed).to_have_count(2)
    expect(listed.first).to_contain_text("no messages yet")
    write(business)
    expect(listed.filter(has_text="Ольга")).to_contain_text("Ольга, здравствуйте!")
    expect(listed.filter(has_text="Emma Stone-Lee")).to_contain_text("Hi Emma!")
    expect(page.locator("#now")).to_contain_text("2 Mar, 12:00")


def test_a_thread_has_bubbles_and_the_buttons_of_the_message(
    open_phones: Open, business: Business
) -> None:
    page = open_phones()
    write(business)
    page.get_by_role("button", name="Ольга").click()
    olga = phone(page, "Ольга")
    expect(olga.locator(".bubble")).to_have_count(1)
    expect(olga.locator(".bubble")).to_contain_text(OFFER.split("\n")[1])
    expect(olga.get_by_text("Telegram")).to_be_visible()
    for _, title in BUTTONS:
        expect(olga.get_by_role("button", name=title)).to_be_visible()


def test_a_pressed_button_reaches_the_business(
    open_phones: Open, business: Business, receiver: Receiver
) -> None:
    page = open_phones("?wall=2")
    write(business)
    receiver.wait(2)
    phone(page, "Ольга").get_by_role("button", name="вт 11:00").click()
    query = json.loads(receiver.wait(3)[2].body)["callback_query"]
    assert (query["data"], query["from"]["id"]) == ("slot:j1:1:1", OLGA["telegram_user_id"])
    expect(phone(page, "Ольга").locator(".bubble.mine")).to_contain_text("вт 11:00")

    phone(page, "Emma Stone-Lee").get_by_role("button", name="Wed 15:30").click()
    values = [json.loads(p.body) for p in receiver.wait(5)]
    said = [m for v in values if "entry" in v for m in of_value(v).get("messages", ())]
    assert said[0]["interactive"]["button_reply"]["id"] == "slot:j2:1:2"


def of_value(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body["entry"][0]["changes"][0]["value"]
    return found


def test_words_reach_the_business_as_the_clients(
    open_phones: Open, business: Business, receiver: Receiver
) -> None:
    page = open_phones()
    business.telegram()
    words = phone(page, "Ольга").get_by_role("textbox", name="Message")
    words.fill("А в пятницу?")
    words.press("Enter")
    assert json.loads(receiver.wait(1)[0].body)["message"]["text"] == "А в пятницу?"
    expect(phone(page, "Ольга").locator(".bubble.mine")).to_contain_text("А в пятницу?")
    expect(words).to_have_value("")
    expect(words).to_be_focused()


def test_a_picture_is_shown_above_its_words(open_phones: Open, business: Business) -> None:
    page = open_phones(width=360, height=740)
    business.photo("")
    listed = page.get_by_role("list", name="Phones").get_by_role("button", name="Ольга")
    expect(listed).to_contain_text("Picture")
    business.photo("Отчёт за неделю")
    shown = phone(page, "Ольга").locator(".bubble").last
    expect(shown).to_contain_text("Отчёт за неделю")
    expect(shown).to_be_in_viewport(ratio=1)
    drawn = shown.get_by_role("img").evaluate("i => [i.naturalWidth, i.width < i.naturalWidth]")
    assert drawn == [900, True]
    above = shown.evaluate("b => b.firstChild.tagName")
    assert above == "IMG"


def test_half_typed_words_survive_what_arrives(open_phones: Open, business: Business) -> None:
    page = open_phones()
    business.telegram()
    words = phone(page, "Ольга").get_by_role("textbox", name="Message")
    words.press_sequentially("А в пят")
    business.telegram("Вы здесь?", ())
    expect(phone(page, "Ольга").locator(".bubble")).to_have_count(2)
    expect(words).to_be_focused()
    words.press_sequentially("ницу")
    expect(words).to_have_value("А в пятницу")


def test_a_taken_phone_is_answered_by_a_human_only(open_phones: Open, business: Business) -> None:
    page = open_phones("?wall=2")
    write(business)
    take = phone(page, "Ольга").get_by_role("button", name="Take this phone")
    take.click()
    expect(phone(page, "Ольга").get_by_role("button", name="Let them answer")).to_be_visible()
    business.move_clock(TOMORROW)
    expect(phone(page, "Emma Stone-Lee").locator(".bubble.mine")).to_have_count(1)
    expect(phone(page, "Ольга").locator(".bubble.mine")).to_have_count(0)
    assert business.said("olga") == []


def test_what_can_not_be_said_is_told_why(open_phones: Open, business: Business) -> None:
    page = open_phones()
    page.get_by_role("button", name="Ольга").click()
    expect(phone(page, "Ольга").get_by_role("textbox", name="Message")).to_be_disabled()
    business.telegram()
    words = phone(page, "Ольга").get_by_role("textbox", name="Message")
    expect(words).to_be_enabled()
    words.press("Enter")
    expect(phone(page, "Ольга").get_by_role("alert")).to_be_empty()
    assert business.said("olga") == []


def test_search_finds_by_name(open_phones: Open, business: Business) -> None:
    page = open_phones()
    listed = page.get_by_role("list", name="Phones").get_by_role("button")
    expect(listed).to_have_count(2)
    page.get_by_role("searchbox", name="Find a client").fill("stone")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("Emma")
    page.get_by_role("searchbox", name="Find a client").fill("nobody")
    expect(page.get_by_text("Nobody is called so.")).to_be_visible()


def test_a_wall_shows_the_three_liveliest_phones(open_phones: Open, business: Business) -> None:
    people = [
        {**OLGA, "id": f"o{n}", "name": f"Client {n}", "telegram_user_id": 2000 + n}
        for n in range(5)
    ]
    business.meet(*people)
    page = open_phones("?wall=3", width=1360, height=900)
    for n in range(5):
        business.move_clock(NOW + timedelta(minutes=n))
        business.telegram(to=2000 + n)
    shown = page.get_by_role("region")
    expect(shown).to_have_count(3)
    for n in (2, 3, 4):
        expect(phone(page, f"Client {n}")).to_be_in_viewport(ratio=1)


def test_a_narrow_screen_is_enough(
    open_phones: Open, business: Business, receiver: Receiver
) -> None:
    page = open_phones("?wall=3", width=360, height=740)
    write(business)
    expect(page.get_by_role("region")).to_have_count(2)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    button = phone(page, "Ольга").get_by_role("button", name="вт 11:00")
    button.click()
    expect(phone(page, "Ольга").locator(".bubble.mine")).to_be_in_viewport()
    expect(phone(page, "Ольга").get_by_role("textbox", name="Message")).to_be_in_viewport(ratio=1)


CONTRAST = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (colour) => {
    const whole = colour.startsWith("color(srgb") ? 1 : 255;
    const [r, g, b] = parts(colour).map((v) => v / whole).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/rgba\\(.*, 0\\)|transparent/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const poor = [];
  for (const node of document.querySelectorAll("h1, h2, p, small, time, li, button, .avatar, input")) {
    if (!node.checkVisibility() || !(node.textContent || node.value || "").trim()) continue;
    const [a, b] = [light(getComputedStyle(node).color), light(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${node.tagName} ${node.className} ${node.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


def test_both_colour_schemes_can_be_read(open_phones: Open, business: Business) -> None:
    write(business)
    business.move_clock(TOMORROW)
    backgrounds = set()
    for scheme in ("light", "dark"):
        page = open_phones("?wall=2", scheme=scheme)
        expect(page.get_by_role("region")).to_have_count(2)
        assert page.evaluate(CONTRAST) == []
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(backgrounds) == 2


def test_everything_has_a_name_and_can_be_reached_by_keyboard(
    open_phones: Open, business: Business
) -> None:
    page = open_phones()
    business.telegram()
    expect(phone(page, "Ольга")).to_be_visible()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent).trim()"
            )
        )
    for name in ("Find a client", "Take this phone", "вт 11:00", "Message", "Send"):
        assert name in reached
