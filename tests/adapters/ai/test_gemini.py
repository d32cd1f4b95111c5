"""The real SDK against the simulated service: every mistake and failure it can be told to make."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from comeback.ai.gemini import GeminiModel
from comeback.errors import ComebackError, Permanent, RateLimited, Unavailable
from comeback.reactivation.answers import Intent, read_by_rules, reading
from comeback.reactivation.fact_check import problems
from comeback.reactivation.generation import Written, write
from comeback.reactivation.pseudonyms import masked

from tests.adapters.conftest import WorldServer
from tests.unit.reactivation.facts import STAFF, answer_facts, message_facts

MODEL = "gemini-3.1-flash-lite"
FACTS = message_facts()
Asking = Callable[[GeminiModel], object]
ASKING: tuple[Asking, ...] = (
    lambda model: model.write_message(FACTS),
    lambda model: model.read_answer(answer_facts("а попозже можно?")),
    lambda model: model.estimate_interval("beauty", "Маникюр"),
)


@pytest.fixture
def model(world: WorldServer) -> GeminiModel:
    return GeminiModel("key", MODEL, f"{world.url}/gemini", timeout=2.0)


def behave(world: WorldServer, mode: str, times: int = 1, **more: str) -> None:
    order = {"mode": mode, "times": times, **more}
    world.control.post("/world/gemini/behaviour", json=order).raise_for_status()


def fault(world: WorldServer, **fields: object) -> None:
    order = {"target": "gemini.generateContent", **fields}
    world.control.post("/world/faults", json=order).raise_for_status()


def calls(world: WorldServer) -> dict[str, int]:
    found: dict[str, int] = world.control.get("/world/gemini/stats").json()["calls"]
    return found


def written(model: GeminiModel, language: str = "ru", **facts: object) -> Written:
    return write(model, message_facts(language, **facts), STAFF[language], "Инна")  # type: ignore[arg-type]


# ── what it is for ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("tone", ["friendly", "professional", "casual"])
@pytest.mark.parametrize("slots", [0, 1, 3])
@pytest.mark.parametrize("discount", [0, 15])
def test_a_message_is_written_and_true(
    model: GeminiModel, language: str, tone: str, slots: int, discount: int
) -> None:
    offered = FACTS.slots[:slots] if language == "ru" else message_facts("en").slots[:slots]
    facts = message_facts(language, offered, discount, tone=tone)
    text = model.write_message(facts)
    assert problems(text, facts, STAFF[language]) == ()
    assert "{name}" in text


@pytest.mark.parametrize(
    ("text", "intent", "slot"),
    [
        ("слушайте, ну давайте тогда второй вариант", Intent.YES, 2),
        ("мне бы как-нибудь вечером, после восьми", Intent.OTHER_TIME, None),
        ("спасибо большое, но я пока не планирую стричься", Intent.NO, None),
        ("а сколько у вас теперь стоит стрижка?", Intent.QUESTION, None),
    ],
)
def test_an_answer_is_read(model: GeminiModel, text: str, intent: Intent, slot: int | None) -> None:
    found = reading(model, answer_facts(text))
    assert (found.intent, found.slot) == (intent, slot)


def test_an_absence_comes_with_its_end(model: GeminiModel) -> None:
    found = model.read_answer(answer_facts("я в отпуске до 15 декабря"))
    assert (found.intent, str(found.until)) == (Intent.AWAY, "2026-12-15")


def test_an_interval_is_estimated_with_a_reason(model: GeminiModel) -> None:
    days, reason = model.estimate_interval("beauty", "Маникюр")
    assert 3 <= days <= 730
    assert reason


def test_a_masked_answer_carries_no_personal_data(model: GeminiModel, world: WorldServer) -> None:
    said = "это Инна Смирнова, мой номер +7 (916) 123-45-67, почта inna@mail.ru, можно вечером?"
    facts = answer_facts(masked(said, "Инна Смирнова"))
    model.read_answer(facts)
    assert world.control.get("/world/gemini/stats").json()["personal_data"] == 0
    with pytest.raises(Permanent):
        model.read_answer(answer_facts(said))


def test_the_key_travels_in_a_header_and_no_name_is_told(
    model: GeminiModel, world: WorldServer
) -> None:
    written(model)
    (entry,) = world.control.get("/world/transcript?kind=gemini").json()["entries"]
    assert "key" not in str(entry["request"]).replace("keyword", "")
    assert "Инна" not in str(entry)


# ── its mistakes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "mistake", ["wrong_time", "wrong_discount", "wrong_staff", "leaks_placeholder"]
)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_mistake_is_found_and_repaired(
    model: GeminiModel, world: WorldServer, mistake: str, language: str
) -> None:
    behave(world, mistake)
    found = written(model, language)
    assert found.source == "repaired"
    assert calls(world) == {"write_reactivation_message": 2}


@pytest.mark.parametrize(
    "mistake", ["wrong_time", "wrong_discount", "wrong_staff", "leaks_placeholder"]
)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_stubborn_model_is_replaced_by_the_template(
    model: GeminiModel, world: WorldServer, mistake: str, language: str
) -> None:
    behave(world, "stubborn", times=9, mistake=mistake)
    found = written(model, language)
    assert found.source == "template"
    assert calls(world) == {"write_reactivation_message": 2}
    assert "{" not in found.text


@pytest.mark.parametrize("ask", ASKING)
@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("invalid_json", Permanent),
        ("blocked", Permanent),
        ("cut", Permanent),
        ("quota", RateLimited),
        ("overloaded", Unavailable),
    ],
)
def test_failures_say_what_to_do(
    model: GeminiModel, world: WorldServer, ask: Asking, mode: str, error: type[ComebackError]
) -> None:
    behave(world, mode)
    with pytest.raises(error):
        ask(model)
    assert sum(calls(world).values()) == 1


def test_quota_names_the_seconds_to_wait(model: GeminiModel, world: WorldServer) -> None:
    behave(world, "quota")
    with pytest.raises(RateLimited) as refused:
        model.write_message(FACTS)
    assert refused.value.retry_after == 34.0


@pytest.mark.parametrize("mode", ["invalid_json", "blocked", "cut", "quota", "overloaded"])
def test_no_failure_costs_a_message_or_an_answer(
    model: GeminiModel, world: WorldServer, mode: str
) -> None:
    behave(world, mode, times=9)
    assert written(model).source == "template"
    facts = answer_facts("а можно попозже как-нибудь?")
    assert reading(model, facts) == read_by_rules(facts)


# ── the wire ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, Unavailable), (502, Unavailable), (429, RateLimited), (403, Permanent)],
)
def test_statuses_are_mapped_once(
    model: GeminiModel, world: WorldServer, status: int, error: type[ComebackError]
) -> None:
    fault(world, kind="error", status=status, body={"error": {"code": status, "message": "no"}})
    with pytest.raises(error):
        model.write_message(FACTS)


def test_an_answer_of_no_json_at_all_is_mapped(model: GeminiModel, world: WorldServer) -> None:
    fault(world, kind="error", status=503, body="<html>busy</html>")
    with pytest.raises(Unavailable):
        model.write_message(FACTS)


def test_silence_ends_at_our_time_out(world: WorldServer) -> None:
    hasty = GeminiModel("key", MODEL, f"{world.url}/gemini", timeout=0.3)
    fault(world, kind="timeout", seconds=1.0)
    with pytest.raises(Unavailable, match="in time"):
        hasty.write_message(FACTS)


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="reached"):
        GeminiModel("key", MODEL, "http://127.0.0.1:9", timeout=1.0).write_message(FACTS)


@pytest.mark.parametrize(("key", "name"), [("invalid", MODEL), ("key", "gemini-2.0-flash-exp")])
def test_a_bad_key_or_a_retired_model_is_permanent_and_shows_no_key(
    world: WorldServer, key: str, name: str
) -> None:
    with pytest.raises(Permanent) as refused:
        GeminiModel(f"secret-{key}", name, f"{world.url}/gemini").write_message(FACTS)
    assert "secret-" not in str(refused.value)


def test_a_proxy_is_used_when_there_is_one(world: WorldServer) -> None:
    """A plain-HTTP proxy gets the whole address; the simulator behind it answers as itself."""
    through = GeminiModel("key", MODEL, f"{world.url}/gemini", proxy_url="http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        through.write_message(replace(FACTS, attempt=2))
