"""Signing in: each step that Cognito may ask for, what is kept where, and how it ends."""

import json
from collections.abc import Iterator

import pyotp
import pytest
from api.session import app as session
from comeback.runtime.cognito import user_pool
from playwright.sync_api import Page, expect

from tests.browser.console.authenticator import WithAuthenticator
from tests.browser.console.harness import PASSWORD, Console

ANYWHERE = "#/nowhere"
FRESH = "Another-horse-8"


@pytest.fixture
def authenticator(console: Console, monkeypatch: pytest.MonkeyPatch) -> WithAuthenticator:
    made = WithAuthenticator(user_pool())
    monkeypatch.setattr(session, "user_pool", lambda: made)
    return made


@pytest.fixture
def arriving(console: Console, page: Page) -> Iterator[Page]:
    """At the sign-in page; whatever came of it, no script could have read a token from the browser's stores."""
    yield console.open(page, ANYWHERE, role=None)
    stored = page.evaluate("() => [{...localStorage}, {...sessionStorage}, document.cookie]")
    assert stored[:2] == [{}, {}]
    assert "comeback_session" not in stored[2]
    assert page.evaluate("indexedDB.databases()") == []


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Six digits").fill(code)
    page.get_by_role("button", name="Continue").click()


def inside(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_password_opens_the_page_that_was_asked_for(
    console: Console, arriving: Page, width: int
) -> None:
    arriving.set_viewport_size({"width": width, "height": 800})
    console.fits(arriving)
    console.accessible(arriving)
    sign_in(arriving, console.invite("owner"))
    inside(arriving)
    assert arriving.url.endswith(ANYWHERE)


def test_a_wrong_password_and_an_unknown_address_are_told_alike(
    console: Console, arriving: Page
) -> None:
    told = "This e-mail and password do not match."
    for email in (console.invite("owner"), "nobody@example.com"):
        sign_in(arriving, email, "Wrong-horse-9")
        expect(arriving.get_by_role("alert").filter(has_text=told)).to_be_visible()
    console.accessible(arriving)


def test_what_is_missing_is_asked_for_without_a_request(console: Console, arriving: Page) -> None:
    arriving.get_by_role("button", name="Sign in").click()
    expect(arriving.get_by_label("E-mail")).to_be_focused()
    expect(arriving.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    assert console.gateway.calls == []


def test_the_code_of_the_app_is_the_second_step(
    console: Console, arriving: Page, authenticator: WithAuthenticator
) -> None:
    email = console.invite("owner")
    authenticator.secrets[email] = pyotp.random_base32()
    sign_in(arriving, email)
    expect(arriving.get_by_label("Six digits")).to_be_focused()
    console.accessible(arriving)
    wrong = f"{(int(authenticator.code(email)) + 1) % 1_000_000:06}"
    type_code(arriving, wrong)
    expect(arriving.get_by_label("Six digits")).to_have_attribute("aria-invalid", "true")
    type_code(arriving, authenticator.code(email))
    inside(arriving)


def test_an_invited_person_chooses_a_password_and_sets_an_app_up(
    console: Console, arriving: Page, authenticator: WithAuthenticator
) -> None:
    email = console.invite("manager", permanent=False)
    sign_in(arriving, email)
    save = arriving.get_by_role("button", name="Save and continue")
    arriving.get_by_label("New password").fill(FRESH)
    arriving.get_by_label("The same again").fill("not the same")
    save.click()
    expect(arriving.get_by_text("The two are not the same.")).to_be_visible()
    console.accessible(arriving)
    arriving.get_by_label("The same again").fill(FRESH)
    save.click()
    secret = arriving.locator("code.secret").inner_text().replace(" ", "")
    expect(arriving.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    console.accessible(arriving)
    console.fits(arriving)
    type_code(arriving, pyotp.TOTP(secret).now())
    inside(arriving)
    assert authenticator.secrets == {email: secret}


def test_the_session_survives_a_reload_by_its_cookie(console: Console, arriving: Page) -> None:
    sign_in(arriving, console.invite("owner"))
    inside(arriving)
    arriving.reload()
    inside(arriving)
    kept = {c["name"]: c for c in arriving.context.cookies(f"{console.url}/session/refresh")}
    cookie = kept["comeback_session"]
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Strict")
    sent = {c["name"] for c in arriving.context.cookies(f"{console.url}/admin/salon/clients")}
    assert "comeback_session" not in sent


def test_signing_out_ends_it(
    console: Console, arriving: Page, authenticator: WithAuthenticator
) -> None:
    email = console.invite("viewer")
    authenticator.secrets[email] = pyotp.random_base32()
    sign_in(arriving, email)
    type_code(arriving, authenticator.code(email))
    arriving.get_by_role("button", name="Sign out").click()
    expect(arriving.get_by_role("heading", name="Sign in")).to_be_visible()
    arriving.reload()
    expect(arriving.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "comeback_session" not in {c["name"] for c in arriving.context.cookies()}


def test_a_token_that_is_over_is_renewed_and_the_call_repeated(
    console: Console, arriving: Page
) -> None:
    console.open(arriving, ANYWHERE)
    console.gateway.tokens.clear()
    status = arriving.evaluate(
        """async () => {
          const { api } = await import("/api.js");
          return api.get("/nothing").catch((problem) => problem.status);
        }"""
    )
    assert status == 404
    assert [(path, status) for _, path, status in console.gateway.calls[-3:]] == [
        ("/admin/salon/nothing", 401),
        ("/session/refresh", 200),
        ("/admin/salon/nothing", 404),
    ]


def test_a_session_that_was_ended_elsewhere_leads_to_the_sign_in(
    console: Console, arriving: Page
) -> None:
    console.open(arriving, ANYWHERE)
    console.gateway.tokens.clear()
    arriving.context.clear_cookies(name="comeback_session")
    arriving.evaluate("import('/api.js').then(({ api }) => api.get('/nothing').catch(() => 0))")
    expect(arriving.get_by_text("The session has ended. Sign in again.")).to_be_visible()


def test_in_russian_too(console: Console, page: Page) -> None:
    console.open(page, ANYWHERE, role=None, lang="ru")
    expect(page.get_by_role("heading", name="Вход")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "ru"
    page.get_by_label("Язык").select_option("en")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_appearance_is_the_readers_choice(console: Console, page: Page) -> None:
    console.open(page, ANYWHERE, scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_label("Appearance").select_option("dark")
    assert page.evaluate(ground) != light
    page.reload()
    console.ready(page)
    assert page.evaluate(ground) != light


def test_json_of_the_session_holds_what_the_page_shows(console: Console, page: Page) -> None:
    console.open(page, ANYWHERE, role="viewer")
    shown = page.evaluate("import('/api.js').then(({ session }) => JSON.stringify(session.who))")
    assert json.loads(shown) == {
        "company": "salon",
        "role": "viewer",
        "email": "viewer@example.com",
    }
