"""What an answer of the model is billed for is told, whether or not it can be used."""

from collections import Counter

import pytest
from comeback.ai.gemini import GeminiModel
from comeback.ai.registry import GeminiModels
from comeback.companies.model import BusinessType, Company
from comeback.errors import Permanent, RateLimited
from google.genai import types

from tests.adapters.conftest import WorldServer
from tests.unit.reactivation.facts import answer_facts, message_facts

MODEL = "gemini-3.1-flash-lite"
SALON = Company("salon", "Лотос", "Europe/Moscow", BusinessType.BEAUTY)


class Used(Counter[str]):
    def note(self, name: str, n: float) -> None:
        self[name] += int(n)


@pytest.fixture
def used() -> Used:
    return Used()


@pytest.fixture
def model(world: WorldServer, used: Used) -> GeminiModel:
    secrets = {"gemini_api_key": "key"}
    url = f"{world.url}/gemini"
    made = GeminiModels(lambda _: secrets, MODEL, url, used=used.note).model(SALON)
    assert isinstance(made, GeminiModel)
    return made


def behave(world: WorldServer, mode: str) -> None:
    order = {"mode": mode, "times": 1}
    world.control.post("/world/gemini/behaviour", json=order).raise_for_status()


def test_an_answers_tokens_are_told(model: GeminiModel, used: Used) -> None:
    text = model.write_message(message_facts())
    assert used.keys() == {"tokens_in", "tokens_out"}
    assert used["tokens_in"] > 100, "the task's words are tokens, too"
    wrote = len(text.encode()) // 4
    assert wrote <= used["tokens_out"] <= 2 * wrote + 10


def test_every_call_adds_its_own(model: GeminiModel, used: Used) -> None:
    model.read_answer(answer_facts("а попозже можно?"))
    once = Counter(used)
    model.read_answer(answer_facts("а попозже можно?"))
    assert used == once + once


@pytest.mark.parametrize("mode", ["blocked", "cut", "invalid_json"])
def test_a_useless_answer_costs_the_same(
    model: GeminiModel, world: WorldServer, used: Used, mode: str
) -> None:
    behave(world, mode)
    with pytest.raises(Permanent):
        model.write_message(message_facts())
    assert used["tokens_in"] > 100


def test_a_refusal_costs_nothing(model: GeminiModel, world: WorldServer, used: Used) -> None:
    behave(world, "quota")
    with pytest.raises(RateLimited):
        model.write_message(message_facts())
    assert used == {}


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((900, 120, 40), {"tokens_in": 900, "tokens_out": 160}),
        ((900, None, None), {"tokens_in": 900, "tokens_out": 0}),
    ],
)
def test_thoughts_are_billed_as_output(
    model: GeminiModel, used: Used, counts: tuple[int, int | None, int | None], told: dict[str, int]
) -> None:
    said, wrote, thought = counts
    model._tell(
        types.GenerateContentResponseUsageMetadata(
            prompt_token_count=said, candidates_token_count=wrote, thoughts_token_count=thought
        )
    )
    assert used == Counter(told)
