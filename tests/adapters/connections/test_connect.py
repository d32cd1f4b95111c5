"""Each connection made step by step against the simulated services; what goes wrong is told, and nothing of it is kept."""

from urllib.parse import parse_qs, urlsplit

import pytest
from comeback.companies.model import CrmKind
from comeback.connections.model import Connection, Report
from comeback.errors import InvalidInput, NotFound
from world.telegram.model import Bot

from tests.adapters.connections.conftest import ANNA, Office
from tests.adapters.world.whatsapp_business import NUMBER, SECRET, TOKEN, WABA, register
from tests.adapters.world.yclients_salon import YclientsSalon

BOT_TOKEN = "4242:secret-of-the-bot"
TELEGRAM = {"telegram_token": BOT_TOKEN}
WHATSAPP = {
    "whatsapp_access_token": TOKEN,
    "whatsapp_app_secret": SECRET,
    "whatsapp_phone_number_id": NUMBER,
    "whatsapp_waba_id": WABA,
}
YCLIENTS = {"yclients_partner_token": "partner", "yclients_user_token": "owner-of-77"}
GEMINI = {"gemini_api_key": "a-key"}
SLIP = pytest.mark.fault("an owner pastes a wrong secret", "said at which step; what worked stays")
LEAK = pytest.mark.fault("a webhook's secret leaks", "renewed in place; the old one for a day")


def steps(report: Report) -> list[tuple[str, bool]]:
    return [(step.name, step.ok) for step in report.steps]


def told(report: Report, name: str) -> dict[str, str]:
    return dict(next(step.told for step in report.steps if step.name == name))


# ── Telegram ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def bot(office: Office) -> Office:
    order = {"token": BOT_TOKEN, "username": "salon_bot"}
    office.world.control.post("/world/telegram/bots", json=order).raise_for_status()
    return office


def simulated(office: Office) -> Bot:
    (found,) = office.world.world.telegram.bots.values()
    return found


def test_a_bot_is_asked_kept_and_pointed_at_us(bot: Office) -> None:
    report = bot.connections.connect(ANNA, Connection.TELEGRAM, TELEGRAM)
    assert report.connected
    assert steps(report) == [("token", True), ("webhook", True), ("updates", True)]
    assert told(report, "token") == {"bot": "salon_bot"}
    webhook = simulated(bot).webhook
    assert webhook is not None
    assert webhook.url == f"{bot.receiver.url}/webhooks/telegram/salon"
    assert webhook.secret == bot.secrets["telegram_webhook_secret"]
    assert set(webhook.allowed) == {"message", "callback_query", "my_chat_member"}
    assert bot.secrets["telegram_bot_username"] == "salon_bot"
    assert bot.secrets["link_secret"] not in ("", bot.secrets["telegram_webhook_secret"])
    assert bot.log == [("channels.connect", "telegram", tuple(sorted(bot.secrets)))]
    state = bot.connections.states("salon")[0]
    assert (state.connected, state.failed, state.checked_at) == (True, "", bot.clock.now())
    assert dict(state.shown) == {"telegram_bot_username": "salon_bot"}


def test_connected_once_more_it_keeps_its_secrets(bot: Office) -> None:
    """Else printed links and updates on their way would be refused."""
    bot.connections.connect(ANNA, Connection.TELEGRAM, TELEGRAM)
    before = bot.secrets
    report = bot.connections.connect(ANNA, Connection.TELEGRAM, {})
    assert (report.failed, bot.secrets) == ("", before)


@SLIP
def test_a_wrong_token_is_not_kept(bot: Office) -> None:
    bot.connections.connect(ANNA, Connection.TELEGRAM, TELEGRAM)
    before = bot.secrets
    report = bot.connections.connect(ANNA, Connection.TELEGRAM, {"telegram_token": "1:wrong"})
    assert steps(report) == [("token", False)]
    assert report.connected, "the one before goes on"
    assert "BotFather" in report.steps[0].remedy
    assert bot.secrets == before
    assert len(bot.log) == 1


def test_nothing_given_the_first_time_names_what_is_missing(office: Office) -> None:
    with pytest.raises(InvalidInput) as missing:
        office.connections.connect(ANNA, Connection.TELEGRAM, {"telegram_token": ""})
    assert missing.value.field == "telegram_token"
    with pytest.raises(NotFound):
        office.connections.check("salon", Connection.TELEGRAM)


def test_a_check_tells_that_the_bot_calls_another(bot: Office) -> None:
    bot.connections.connect(ANNA, Connection.TELEGRAM, TELEGRAM)
    simulated(bot).webhook = None
    report = bot.connections.check("salon", Connection.TELEGRAM)
    assert steps(report) == [("token", True), ("updates", False)]
    assert bot.connections.states("salon")[0].failed == "updates"


def test_a_secret_that_telegram_would_not_take_is_made_anew(bot: Office) -> None:
    """Made by hand once; what was printed or is on its way with it is still taken."""
    by_hand = "it's a secret"
    bot.keeper.change("salon", lambda _now: {"telegram_webhook_secret": by_hand})
    assert bot.connections.connect(ANNA, Connection.TELEGRAM, TELEGRAM).failed == ""
    values = bot.secrets
    assert values["telegram_webhook_secret"] != by_hand
    assert values["telegram_webhook_secret_previous"] == by_hand
    assert values["link_secret"] == by_hand


@LEAK
def test_a_leaked_webhook_secret_is_renewed(bot: Office) -> None:
    bot.connections.connect(ANNA, Connection.TELEGRAM, TELEGRAM)
    old = bot.secrets["telegram_webhook_secret"]
    assert bot.connections.renew(ANNA, Connection.TELEGRAM).failed == ""
    values = bot.secrets
    assert values["telegram_webhook_secret"] != old
    assert values["telegram_webhook_secret_previous"] == old
    webhook = simulated(bot).webhook
    assert webhook
    assert webhook.secret == values["telegram_webhook_secret"]


@pytest.mark.fault(
    "the answer to a renewed secret is lost, or the messenger's to us",
    "asked again, it is the same",
)
def test_renewed_again_at_once_it_is_told_once_more(bot: Office) -> None:
    """Else the one that the bot still calls with would be refused: one old secret is taken, not two."""
    bot.connections.connect(ANNA, Connection.TELEGRAM, TELEGRAM)
    old = bot.secrets["telegram_webhook_secret"]
    bot.connections.renew(ANNA, Connection.TELEGRAM)
    renewed = bot.secrets
    simulated(bot).webhook = None
    bot.clock.advance(minutes=14)
    assert bot.connections.renew(ANNA, Connection.TELEGRAM).failed == ""
    assert bot.secrets == renewed
    assert bot.secrets["telegram_webhook_secret_previous"] == old
    webhook = simulated(bot).webhook
    assert webhook
    assert webhook.secret == renewed["telegram_webhook_secret"]
    bot.clock.advance(minutes=2)
    bot.connections.renew(ANNA, Connection.TELEGRAM)
    assert bot.secrets["telegram_webhook_secret_previous"] == renewed["telegram_webhook_secret"]


def test_a_disconnected_bot_calls_no_more(bot: Office) -> None:
    bot.connections.connect(ANNA, Connection.TELEGRAM, TELEGRAM)
    bot.connections.disconnect(ANNA, Connection.TELEGRAM)
    assert set(bot.secrets) == {"link_secret"}
    assert simulated(bot).webhook is None
    assert not bot.connections.states("salon")[0].connected


# ── WhatsApp ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def number(office: Office) -> Office:
    register(office.world).raise_for_status()

    def challenge(path: str) -> tuple[int, str]:
        """Our webhook's own answer, by the token in the secret."""
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        known = office.secrets.get("whatsapp_verify_token")
        right = parts.path == "/webhooks/whatsapp/salon" and query["hub.verify_token"] == known
        return (200, query["hub.challenge"]) if right else (404, "")

    office.receiver.on_get = challenge
    return office


def test_a_number_is_asked_proved_kept_and_pointed_at_us(number: Office) -> None:
    report = number.connections.connect(ANNA, Connection.WHATSAPP, WHATSAPP)
    assert [name for name, ok in steps(report) if ok] == [
        "number",
        "app_secret",
        "templates",
        "webhook",
        "updates",
    ]
    assert told(report, "number") == {
        "number": "+7 495 000-00-00",
        "title": "",
        "quality": "GREEN",
        "limit": "TIER_250",
    }
    assert told(report, "templates") == {"approved": "0", "wanted": "2"}
    account = number.world.world.whatsapp.accounts[NUMBER]
    assert account.webhook_url == f"{number.receiver.url}/webhooks/whatsapp/salon"


@SLIP
@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("whatsapp_access_token", "number"),
        ("whatsapp_phone_number_id", "number"),
        ("whatsapp_app_secret", "app_secret"),
        ("whatsapp_waba_id", "templates"),
    ],
)
def test_whichever_value_is_wrong_its_step_says_so(number: Office, name: str, step: str) -> None:
    report = number.connections.connect(ANNA, Connection.WHATSAPP, {**WHATSAPP, name: "999"})
    assert (report.failed, report.connected) == (step, False)
    assert report.steps[-1].remedy
    assert number.secrets == {}
    assert TOKEN not in str(report)


def test_an_address_that_does_not_answer_metas_question(number: Office) -> None:
    """Then the values are kept, and connecting once more ends it."""
    mended, number.receiver.on_get = number.receiver.on_get, lambda _path: (500, "")
    report = number.connections.connect(ANNA, Connection.WHATSAPP, WHATSAPP)
    assert (report.failed, report.connected) == ("webhook", True)
    number.receiver.on_get = mended
    assert number.connections.connect(ANNA, Connection.WHATSAPP, {}).failed == ""


def test_a_new_app_secret_leaves_the_old_one_for_a_day(number: Office) -> None:
    number.connections.connect(ANNA, Connection.WHATSAPP, WHATSAPP)
    register(number.world, app_secret="another").raise_for_status()
    given = {"whatsapp_app_secret": "another"}
    assert number.connections.connect(ANNA, Connection.WHATSAPP, given).failed == ""
    assert number.secrets["whatsapp_app_secret_previous"] == SECRET


def test_templates_are_handed_in_once(number: Office) -> None:
    with pytest.raises(NotFound):
        number.templates.known("salon")
    number.connections.connect(ANNA, Connection.WHATSAPP, WHATSAPP)
    assert {t.status for t in number.templates.known("salon")} == {""}
    assert {t.status for t in number.templates.submit(ANNA)} == {"PENDING"}
    assert {t.status for t in number.templates.submit(ANNA)} == {"PENDING"}
    assert [operation for operation, *_ in number.log].count("channels.submit") == 1
    number.world.control.post("/world/clock/advance", json={"minutes": 10})
    report = number.connections.check("salon", Connection.WHATSAPP)
    assert told(report, "templates")["wanted"] == "2"


# ── YCLIENTS ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def salon(office: Office) -> Office:
    YclientsSalon.open(office.world, office.receiver)
    return office


def hooks(office: Office) -> object:
    return office.world.world.yclients.companies[77].hooks["urls"]


def test_a_book_is_asked_kept_and_told_of_us(salon: Office) -> None:
    report = salon.connections.connect(ANNA, Connection.YCLIENTS, YCLIENTS, "77")
    assert [name for name, ok in steps(report) if ok] == [
        "company",
        "services",
        "clients",
        "webhook",
        "updates",
    ]
    assert (told(report, "company"), told(report, "services")) == (
        {"title": "Салон"},
        {"count": "2"},
    )
    company = salon.store.company("salon")
    assert (company.crm, company.crm_company_id) == (CrmKind.YCLIENTS, "77")
    ours = f"{salon.receiver.url}/webhooks/crm/salon/{salon.secrets['crm_webhook_secret']}"
    assert hooks(salon) == [f"{salon.receiver.url}/hook", ours], "others' addresses stay"
    assert salon.secrets["crm_webhook_secret"] not in str(report)
    ((asked_of, kind, detail, _),) = salon.events.published
    assert (asked_of, kind, detail) == ("salon", "crm.sync", {"name": "full"}), (
        "without an hour's wait"
    )


@SLIP
@pytest.mark.parametrize(
    ("given", "number", "step"),
    [
        ({**YCLIENTS, "yclients_partner_token": "wrong"}, "77", "company"),
        (YCLIENTS, "78", "company"),
        ({**YCLIENTS, "yclients_user_token": "wrong"}, "77", "clients"),
    ],
)
def test_whichever_token_is_wrong_its_step_says_so(
    salon: Office, given: dict[str, str], number: str, step: str
) -> None:
    report = salon.connections.connect(ANNA, Connection.YCLIENTS, given, number)
    assert (report.failed, report.connected, salon.secrets) == (step, False, {})
    assert salon.store.company("salon").crm is CrmKind.NATIVE


@LEAK
def test_a_leaked_address_is_replaced_and_taken_away(salon: Office) -> None:
    salon.connections.connect(ANNA, Connection.YCLIENTS, YCLIENTS, "77")
    old = salon.secrets["crm_webhook_secret"]
    assert salon.connections.renew(ANNA, Connection.YCLIENTS).failed == ""
    assert old not in str(hooks(salon))
    salon.connections.disconnect(ANNA, Connection.YCLIENTS)
    assert hooks(salon) == [f"{salon.receiver.url}/hook"]
    assert salon.store.company("salon").crm is CrmKind.NATIVE


def test_a_company_number_is_asked_for(salon: Office) -> None:
    with pytest.raises(InvalidInput) as missing:
        salon.connections.connect(ANNA, Connection.YCLIENTS, YCLIENTS)
    assert missing.value.field == "crm_company_id"


# ── Gemini ───────────────────────────────────────────────────────────────────────────────────────


def test_a_model_is_asked_and_kept(office: Office) -> None:
    report = office.connections.connect(ANNA, Connection.GEMINI, GEMINI)
    assert (steps(report), office.secrets) == ([("model", True)], GEMINI)
    assert int(told(report, "model")["days"]) > 0
    with pytest.raises(NotFound):
        office.connections.renew(ANNA, Connection.GEMINI)


@SLIP
def test_a_wrong_key_is_not_kept(office: Office) -> None:
    given = {"gemini_api_key": "an-invalid-key"}
    report = office.connections.connect(ANNA, Connection.GEMINI, given)
    assert (report.failed, office.secrets) == ("model", {})


@pytest.mark.fault("an owner's proxy points into our own network", "refused before any call")
@pytest.mark.parametrize(
    "proxy", ["http://169.254.169.254", "http://127.0.0.1:3128", "http://10.0.0.1", "ftp://x.com"]
)
def test_a_proxy_inside_is_refused(office: Office, proxy: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.connections.connect(ANNA, Connection.GEMINI, {**GEMINI, "gemini_proxy_url": proxy})
    assert refused.value.field == "gemini_proxy_url"
    assert office.secrets == {}
    assert office.world.control.get("/world/gemini/stats").json()["calls"] == {}


# ── whatever it is ───────────────────────────────────────────────────────────────────────────────


def test_a_service_that_is_down_is_told_and_nothing_is_kept(bot: Office) -> None:
    order = {"target": "telegram.getMe", "kind": "error", "status": 500}
    bot.world.control.post("/world/faults", json=order).raise_for_status()
    report = bot.connections.connect(ANNA, Connection.TELEGRAM, TELEGRAM)
    assert (report.failed, report.steps[0].problem) == ("token", "does not answer")
    assert bot.secrets == {}
