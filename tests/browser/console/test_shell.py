"""What every page stands in: the navigation, the address, words of errors, polling, the policy that browsers hold it to."""

import hashlib
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.console.harness import FOLDER, Console

PROBE = """
import { button, h, heading } from "/ui.js";
export async function render(root, context) {
  globalThis.probe = { ...context, rounds: 0, left: 0, root };
  root.append(heading("Probe"), button("Ask", { onclick: () => context.api.get("/missing") }));
  context.live(async () => { probe.rounds += 1; }, 0.05);
}
export const leave = () => { probe.left += 1; };
"""


@pytest.fixture
def probe(page: Page) -> Page:
    """In the place of the page Team stands one that shows what it is given."""
    script = {"content_type": "text/javascript", "status": 200}

    def given(route: Route) -> None:
        texts = "/texts/" in route.request.url
        route.fulfill(body="export default {}" if texts else PROBE, **script)  # type: ignore[arg-type]

    page.route(re.compile(r"/(pages/team|texts/team\.\w+)\.js$"), given)
    return page


def test_a_page_is_given_what_the_address_says(console: Console, probe: Page) -> None:
    console.open(probe, "#/team/anna%40x/visits?tag=vip&tag2=%D0%B4%D0%B0", role="manager")
    params = probe.evaluate("probe.params")
    assert params == {"id": "anna@x", "more": ["visits"], "query": {"tag": "vip", "tag2": "да"}}
    who = probe.evaluate("[probe.company, probe.role, probe.email, probe.lang]")
    assert who == ["salon", "manager", "manager@example.com", "en"]
    assert probe.evaluate("['viewer', 'manager', 'owner'].map(probe.can)") == [True, True, False]
    probe.evaluate("probe.setQuery({ tag: null, tag2: 'x y' })")
    assert probe.url.endswith("#/team/anna%40x/visits?tag2=x+y")
    assert probe.evaluate("probe.left") == 0


def test_polling_ends_with_its_page(console: Console, probe: Page) -> None:
    console.open(probe, "#/team")
    console.until(probe, "probe.rounds > 2")
    probe.evaluate("globalThis.kept = probe")
    console.go(probe, "#/nowhere")
    assert probe.evaluate("[kept.left, kept.signal.aborted]") == [1, True]
    rounds = probe.evaluate("kept.rounds")
    probe.wait_for_timeout(200)
    assert probe.evaluate("kept.rounds") == rounds


def test_what_fails_is_told_in_words(console: Console, probe: Page) -> None:
    console.open(probe, "#/team")
    probe.get_by_role("button", name="Ask").click()
    expect(probe.locator("#toasts")).to_contain_text("This is not there, or not any more.")


def test_readers_of_the_screen_are_led_to_the_new_page(console: Console, probe: Page) -> None:
    console.open(probe, "#/nowhere")
    probe.get_by_role("link", name="Team").click()
    expect(probe.get_by_role("heading", name="Probe", level=1)).to_be_focused()
    expect(probe.get_by_role("link", name="Team")).to_have_attribute("aria-current", "page")
    expect(probe).to_have_title("Probe · Comeback")


def test_the_first_tab_skips_the_navigation(console: Console, page: Page) -> None:
    console.open(page, "#/nowhere")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert page.url.endswith("#/nowhere")


def test_a_phone_has_the_pages_below_and_the_rest_in_a_menu(console: Console, page: Page) -> None:
    console.open(page, "#/nowhere", width=360, height=740)
    more = page.get_by_role("button", name="More")
    expect(page.get_by_role("link", name="Clients")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Audit")).to_be_hidden()
    more.click()
    expect(page.get_by_role("link", name="Audit")).to_be_in_viewport()
    expect(page.get_by_text("owner@example.com")).to_be_visible()
    console.accessible(page)
    console.fits(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Audit")).to_be_hidden()


def test_an_unknown_page_says_so(console: Console, page: Page) -> None:
    console.open(page, "#/nowhere")
    expect(page.get_by_role("heading", name="This page is not there")).to_be_visible()
    page.get_by_role("link", name="To Today").focus()


TEXTS = """async (names) => {
  const read = (name, lang) => import(`/texts/${name}${lang}.js`).then((module) => module.default);
  const shape = (texts) => Object.fromEntries(Object.entries(texts).map(([key, text]) => [key,
    [...new Set(JSON.stringify(text).match(/\\{\\w+\\}/g) ?? [])].sort().join()]));
  return Promise.all(names.map(async (name) => [shape(await read(name, "ru")), shape(await read(name, "en"))]));
}"""


def test_both_languages_say_the_same_things(console: Console, page: Page) -> None:
    """The same keys, with the same values to fill in."""
    files = sorted((FOLDER / "texts").glob("*.js"))
    names = sorted({path.name.removesuffix("ru.js").removesuffix("en.js") for path in files})
    assert len(files) == 2 * len(names)
    console.open(page, "#/nowhere", role=None)
    for name, (russian, english) in zip(names, page.evaluate(TEXTS, names), strict=True):
        assert russian == english, f"texts/{name}"
        assert all(key.startswith(name) or not name for key in english), f"texts/{name}"


# ── policy ───────────────────────────────────────────────────────────────────────────────────────

FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(\"style\""
    r"|localStorage|sessionStorage|indexedDB|https?://(?!www\.w3\.org/2000/svg)"
)
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", re.IGNORECASE)


def test_the_files_hold_nothing_that_the_policy_forbids() -> None:
    scripts = {path: FORBIDDEN.findall(path.read_text()) for path in FOLDER.rglob("*.js")}
    assert {path.name: found for path, found in scripts.items() if found} == {}
    assert INLINE.findall((FOLDER / "index.html").read_text()) == []


@pytest.mark.parametrize(
    "attempt",
    [
        "document.head.append(Object.assign(document.createElement('script'), {textContent: 'globalThis.stolen = 1'}))",
        "document.body.setAttribute('style', 'color: red')",
        "document.body.innerHTML = '<img src=x onerror=\"stolen = 1\">'",
        "fetch('https://example.com/')",
        "document.body.append(Object.assign(new Image(), {src: 'https://example.com/x.png'}))",
    ],
)
def test_the_policy_stops_what_it_should(console: Console, page: Page, attempt: str) -> None:
    console.open(page, "#/nowhere")
    page.evaluate(
        """() => {
          globalThis.stopped = [];
          addEventListener("securitypolicyviolation", (e) => stopped.push(e.effectiveDirective));
        }"""
    )
    page.evaluate(f"() => {{ try {{ Promise.resolve({attempt}).catch(() => 0); }} catch {{}} }}")
    console.until(page, "stopped.length > 0")
    assert page.evaluate("globalThis.stolen") is None
    console.watched.errors.clear()
    console.watched.strangers.clear()


def test_every_answer_has_the_headers_that_the_template_names(console: Console, page: Page) -> None:
    for path in ("/", "/app.js", "/missing.js", "/admin/salon/nothing", "/session/refresh"):
        headers = page.request.get(console.url + path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["strict-transport-security"].startswith("max-age=63072000")
        assert headers["referrer-policy"] == "no-referrer"


# ── budget ───────────────────────────────────────────────────────────────────────────────────────

LARGEST_BYTES = 150_000
MOST_REQUESTS = 18
"""Files; what a page asks of the API is its own."""
ROUTER = (FOLDER / "app.js").read_text()
PAGES = ["sign_in", *re.findall(r"\w+", ROUTER.split("const PAGES = [")[1].split("]")[0])]


@pytest.mark.parametrize("name", PAGES)
def test_the_first_load_is_small(console: Console, page: Page, name: str) -> None:
    """As the wire counts it: compressed, with headers, by a browser that has nothing of it yet."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    loaded: list[float] = []
    files: list[str] = []
    network.on("Network.loadingFinished", lambda told: loaded.append(told["encodedDataLength"]))
    page.on("request", lambda request: files.append(request.url))
    console.open(page, f"#/{name}", role=None if name == "sign_in" else "owner")
    asked = [url for url in files if "/admin/" not in url and "/session/" not in url]
    print(f"first load of {name}: {sum(loaded):.0f} bytes, {len(asked)} files")
    assert 5_000 < sum(loaded) <= LARGEST_BYTES
    assert len(asked) <= MOST_REQUESTS


# ── the picture for an authenticator app ─────────────────────────────────────────────────────────

PICTURES = {
    "o": "f81cc9a1e45706da",
    "Привет, мир": "ddf1e5aebb8ff54d",
    "otpauth://totp/Comeback:anna%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSW"
    "&issuer=Comeback": "8f790ef0b2d6b13b",
    ("otpauth://totp/Comeback:anna%40example.com?secret=" * 9)[:323]: "61a667ba1ca3ad8a",
}
"""Of four sizes: what zxing-cpp 3.1 read as these very texts (as it did each of 61 texts of 1 to 412 bytes)."""


@pytest.mark.parametrize("text", PICTURES)
def test_the_picture_is_one_that_can_be_read(console: Console, page: Page, text: str) -> None:
    console.open(page, "#/nowhere", role=None)
    rows = page.evaluate("text => import('/qr.js').then(({ modules }) => modules(text))", text)
    dark = "".join(str(int(each)) for row in rows for each in row)
    assert hashlib.sha256(dark.encode()).hexdigest()[:16] == PICTURES[text]
