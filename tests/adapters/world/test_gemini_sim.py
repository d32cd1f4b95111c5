"""The simulated Gemini: the API around the model, its texts and its mistakes."""

import json
import re
from typing import Any

import pytest
from comeback.ports import MessageFacts, OfferedSlot
from comeback.reactivation.fact_check import problems
from google import genai
from google.genai import errors, types

from tests.adapters.conftest import WorldServer
from tests.adapters.world.gemini_client import ANSWER, SLOTS, SLOTS_EN, WRITE, GeminiClient

SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
STAFF = ("Анна Соколова", "Мария Орлова", "Ольга Крылова")


@pytest.fixture
def gemini(world: WorldServer) -> GeminiClient:
    return GeminiClient(world)


def sdk(world: WorldServer, key: str = "test-key") -> genai.Client:
    options = types.HttpOptions(base_url=f"{world.url}/gemini", timeout=10_000)
    return genai.Client(api_key=key, vertexai=False, http_options=options)


def found_in(text: str, **facts: Any) -> tuple[str, ...]:
    """What the product's own check of facts says to a text."""
    given = {**WRITE, **facts}
    slots = tuple(OfferedSlot(s["n"], s["text"], s["staff"]) for s in given["slots"])
    checked = MessageFacts(
        given["language"],
        given["tone"],
        given["company"],
        given["service"],
        given["days_since_visit"],
        given["staff"],
        slots,
        given["discount_percent"],
        given["attempt"],
    )
    return problems(text, checked, STAFF)


def test_the_sdk_runs_unmodified(world: WorldServer) -> None:
    config = types.GenerateContentConfig(
        system_instruction="TASK: write_reactivation_message",
        response_mime_type="application/json",
        response_json_schema=SCHEMA,
        temperature=0.7,
        thinking_config=types.ThinkingConfig(thinking_budget=0),
    )
    client = sdk(world)
    answer = client.models.generate_content(
        model="gemini-3.5-flash", contents=json.dumps(WRITE), config=config
    )
    assert answer.text is not None
    assert "{name}" in json.loads(answer.text)["text"]
    usage = answer.usage_metadata
    assert usage is not None
    assert usage.total_token_count == (usage.prompt_token_count or 0) + (
        usage.candidates_token_count or 0
    )
    assert answer.model_version == "gemini-3.5-flash"


@pytest.mark.parametrize(
    ("mode", "kind", "code", "status"),
    [
        ("quota", errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
        ("overloaded", errors.ServerError, 503, "UNAVAILABLE"),
    ],
)
def test_refusals_reach_the_sdk(
    gemini: GeminiClient, mode: str, kind: type[errors.APIError], code: int, status: str
) -> None:
    gemini.behave(mode)
    client = sdk(gemini.server)
    with pytest.raises(kind) as caught:
        client.models.generate_content(model="gemini-3.5-flash", contents="привет")
    assert (caught.value.code, caught.value.status) == (code, status)
    assert gemini.ask("classify_answer", {**ANSWER, "text": "да"}).status_code == 200


def test_keys(gemini: GeminiClient) -> None:
    body = gemini.request("classify_answer", {**ANSWER, "text": "да"})
    refused = gemini.post(body, key="invalid-key").json()["error"]
    assert (refused["code"], refused["status"]) == (400, "INVALID_ARGUMENT")
    assert refused["details"][0]["reason"] == "API_KEY_INVALID"
    assert gemini.post(body, key="").status_code == 403
    gemini.server.control.post("/world/gemini/keys", json={"keys": ["the-one"]})
    assert gemini.post(body).status_code == 400
    assert gemini.post(body, key="the-one").status_code == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contents": []}, "contents is not specified"),
        ({"contents": [{"role": "system", "parts": [{"text": "{}"}]}]}, "valid role"),
        ({"contents": [{"role": "user", "parts": []}]}, "must not be empty"),
        ({"contents": [{"parts": [{"text": "not facts"}]}]}, "one JSON object"),
        ({"system": "x"}, 'Unknown name "system"'),
        ({"generationConfig": {"warmth": 1}}, 'Unknown name "warmth"'),
        ({"generationConfig": {"responseJsonSchema": SCHEMA}}, "response_mime_type"),
        (
            {
                "generationConfig": {
                    "responseMimeType": "application/json",
                    "responseJsonSchema": SCHEMA,
                    "responseSchema": SCHEMA,
                }
            },
            "Only one",
        ),
    ],
)
def test_bad_requests(gemini: GeminiClient, change: dict[str, Any], said: str) -> None:
    body = {**gemini.request("classify_answer", {**ANSWER, "text": "да"}), **change}
    answer = gemini.post(body)
    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert said in answer.json()["error"]["message"]


def test_unknown_models_and_hasty_deadlines(gemini: GeminiClient) -> None:
    body = gemini.request("classify_answer", {**ANSWER, "text": "да"})
    old = "/gemini/v1beta/models/gemini-1.5-flash:generateContent"
    assert gemini.post(body, path=old).status_code == 404
    assert gemini.post(body, **{"X-Server-Timeout": "8"}).status_code == 400
    assert gemini.post(body, path=old.replace("1.5", "3.5")).status_code == 200


@pytest.mark.parametrize(
    "leak", ["мой номер +7 916 219-00-33", "89162190033", "79162190033", "пишите на anna@mail.ru"]
)
def test_personal_data_is_refused_and_counted(gemini: GeminiClient, leak: str) -> None:
    answer = gemini.ask("classify_answer", {**ANSWER, "text": leak})
    assert answer.status_code == 400
    assert "personal data" in answer.json()["error"]["message"]
    assert gemini.server.control.get("/world/gemini/stats").json()["personal_data"] == 1
    kinds = [e["kind"] for e in gemini.server.world.transcript.entries()]
    assert kinds == ["gemini.personal_data", "gemini.generateContent"]


def test_ordinary_numbers_are_no_personal_data(gemini: GeminiClient) -> None:
    text = "10.12.2026 в 18:30, 2 500 руб, до 2026-12-15, заказ 123456"
    assert gemini.ask("classify_answer", {**ANSWER, "text": text}).status_code == 200


@pytest.mark.parametrize("tone", ["friendly", "professional", "casual"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_texts_say_nothing_but_the_facts(gemini: GeminiClient, tone: str, count: int) -> None:
    for attempt in (1, 2):
        facts = {"tone": tone, "slots": SLOTS[:count], "attempt": attempt}
        text = gemini.write(**facts)
        assert found_in(text, **facts) == ()
        assert text.count("{name}") == 1
        assert all(str(slot["text"]) in text for slot in SLOTS[:count])
        english = {**facts, "language": "en", "slots": SLOTS_EN[:count], "service": "Haircut"}
        assert found_in(gemini.write(**english), **english) == ()


def test_texts_vary_and_repeat_with_the_seed(gemini: GeminiClient) -> None:
    texts = {gemini.write(days_since_visit=days) for days in range(40, 60)}
    assert len({re.sub(r"\d+ д\w+", "", text) for text in texts}) > 8
    assert gemini.write() == gemini.write()


@pytest.mark.parametrize("mode", ["wrong_time", "wrong_discount", "leaks_placeholder"])
@pytest.mark.parametrize("slots", [SLOTS, []])
def test_mistakes_are_made_as_often_as_ordered_and_mended(
    gemini: GeminiClient, mode: str, slots: list[Any]
) -> None:
    gemini.behave(mode, times=2)
    spoilt = gemini.write(slots=slots)
    assert found_in(spoilt, slots=slots)
    assert found_in(gemini.write(slots=slots, problems=["не то время"]), slots=slots) == ()
    assert found_in(gemini.write(slots=slots), slots=slots)
    assert found_in(gemini.write(slots=slots), slots=slots) == ()


@pytest.mark.parametrize("slots", [SLOTS, []])
def test_a_stranger_is_named_on_order(gemini: GeminiClient, slots: list[Any]) -> None:
    gemini.behave("wrong_staff")
    assert "Вероника" in gemini.write(slots=slots)
    assert "Вероника" not in gemini.write(slots=slots)


def test_the_stubborn_one_insists(gemini: GeminiClient) -> None:
    gemini.behave("stubborn", times=2, mistake="wrong_discount")
    assert "25%" in gemini.write()
    assert "25%" in gemini.write(problems=["скидка 10%"])
    assert "10%" in gemini.write()


@pytest.mark.parametrize("mode", ["invalid_json", "cut", "blocked"])
def test_answers_that_are_none(gemini: GeminiClient, mode: str) -> None:
    gemini.behave(mode)
    body = gemini.ask("classify_answer", {**ANSWER, "text": "да"}).json()
    if mode == "blocked":
        assert "candidates" not in body
        assert body["promptFeedback"]["blockReason"] == "SAFETY"
    else:
        with pytest.raises(ValueError, match=r"Expecting|Unterminated|Extra"):
            json.loads(body["candidates"][0]["content"]["parts"][0]["text"])
    assert gemini.answer("classify_answer", {**ANSWER, "text": "да"})["intent"] == "yes"


def test_answers_take_the_shape_of_the_schema(gemini: GeminiClient) -> None:
    facts = {**ANSWER, "text": "Давайте 2"}
    whole = gemini.answer("classify_answer", facts)
    assert set(whole) == {"intent", "slot", "until", "service", "master", "when", "confidence"}
    schema = {
        "type": "OBJECT",
        "properties": {
            "intent": {"type": "STRING"},
            "slot": {"type": "INTEGER", "nullable": True},
            "when": {"type": "STRING"},
        },
        "required": ["intent"],
    }
    assert gemini.answer("classify_answer", facts, responseSchema=schema) == {
        "intent": "yes",
        "slot": 2,
    }
    short = gemini.ask("classify_answer", facts, maxOutputTokens=2).json()
    assert short["candidates"][0]["finishReason"] == "MAX_TOKENS"


def test_intervals_have_reasons(gemini: GeminiClient) -> None:
    def days(business: str, service: str) -> int:
        facts = {"business_type": business, "service": service, "language": "ru"}
        found = gemini.answer("estimate_interval", facts)
        assert service in found["reason"]
        return int(found["days"])

    assert days("beauty", "Маникюр с покрытием") == 21
    assert days("barbershop", "Стрижка") == 21
    assert days("beauty", "Окрашивание корней") == 45
    assert days("fitness", "Йога") == 7
    assert days("", "Что-то новое") == 30


def test_behaviour_is_checked(gemini: GeminiClient) -> None:
    answer = gemini.server.control.post("/world/gemini/behaviour", json={"mode": "sulks"})
    assert answer.status_code == 422
    assert "sulks" in answer.json()["error"]
