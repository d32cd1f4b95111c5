"""The labelled answers, read by the simulated Gemini over HTTP with the rules behind it. The simulated model reads by patterns
of its own, made without these answers; what it errs in shows what the rules hold against a model.
"""

import pytest
from comeback.ai.registry import GeminiModels
from comeback.companies.model import BusinessType, Company
from comeback.reactivation.answers import read_by_rules, reading

from tests.adapters.conftest import WorldServer
from tests.unit.reactivation.labelled import Score, score

COMPANY = Company("salon", "Лотос", "Europe/Moscow", BusinessType.BEAUTY)
LEAST_ACCURACY = 0.90


@pytest.fixture
def measured(world: WorldServer) -> Score:
    secrets = {"gemini_api_key": "key"}
    models = GeminiModels(lambda _: secrets, "gemini-3.1-flash-lite", f"{world.url}/gemini")
    model = models.model(COMPANY)
    return score(lambda facts: reading(model, facts))


def test_with_a_model_no_opt_out_is_missed_and_hardly_one_made_up(
    measured: Score, world: WorldServer
) -> None:
    asked = world.control.get("/world/gemini/stats").json()["calls"]["classify_answer"]
    print(
        f"{measured.answers} answers, {asked} asked of the model: {measured.accuracy:.1%} read right, "
        f"{len(measured.falsely)} false opt-outs of {measured.others}, "
        f"{len(measured.missed)} missed of {measured.stops}; rules alone {score(read_by_rules).accuracy:.1%}"
    )
    assert asked > measured.answers / 3
    assert measured.missed == ()
    assert measured.false_share <= 0.01
    assert measured.accuracy >= LEAST_ACCURACY
