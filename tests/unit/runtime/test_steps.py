"""Steps tell the meter of every state that the machines enter for them, however a journey goes."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from comeback.errors import NotFound, Unavailable
from comeback.runtime import steps

from tests.unit.runtime.conftest import Kept

MACHINES = Path(__file__).parents[3] / "infra" / "statemachines"
INPUT = {"company_id": "salon", "journey_id": "j1"}
SKIPPED: steps.Answer = {"status": "skipped"}
DONE: steps.Answer = {"status": "done"}
READY: steps.Answer = {"status": "ready"}
RESERVED: steps.Answer = {**READY, "wait_seconds": 3600}
EARLY: steps.Answer = {"status": "early", "wait_seconds": 60}
RETRY: steps.Answer = {"status": "retry", "wait_seconds": 60}
SENT = [READY, RESERVED, READY, READY, READY]
"""Analyse, Reserve, FindSlots, Generate, Send."""
JOURNEYS: Mapping[str, list[steps.Answer]] = {
    "skipped at once": [SKIPPED],
    "answered": [*SENT, DONE],
    "woken early, no minute left": [EARLY, READY, EARLY, SKIPPED],
    "no slots": [READY, RESERVED, SKIPPED],
    "written twice": [*SENT, RETRY, EARLY, *SENT, DONE],
}


def machine(name: str) -> Any:
    return yaml.safe_load((MACHINES / f"{name}.asl.yaml").read_text())


def states_for_each_journey(campaign: Any) -> int:
    """Of the map, when the journey had not been started before."""
    processor = campaign["States"]["StartJourneys"]["ItemProcessor"]
    name, entered = processor["StartAt"], 0
    while name:
        entered += 1
        name = processor["States"][name].get("Next")
    return entered


def walk(journey: Any, answers: Iterator[steps.Answer]) -> Iterator[tuple[str, Any]]:
    """The states entered, each with its answer, if a function's."""
    name = journey["StartAt"]
    answer: steps.Answer = {}
    while name:
        state = journey["States"][name]
        if state["Type"] == "Task":
            answer = next(answers)
            yield name, answer
        else:
            yield name, None
        chosen = [
            c["Next"] for c in state.get("Choices", ()) if c["StringEquals"] == answer["status"]
        ]
        name = (*chosen, state.get("Next") or state.get("Default"))[0]


def _always(answer: steps.Answer) -> Callable[[Mapping[str, Any]], steps.Answer]:
    return lambda _state: answer


@pytest.mark.parametrize("journey", JOURNEYS)
def test_every_state_entered_is_counted(kept: Kept, journey: str) -> None:
    answers = iter(JOURNEYS[journey])
    entered = list(walk(machine("journey"), answers))
    assert next(answers, None) is None, "the machine ended before"
    state: dict[str, Any] = dict(INPUT)
    for name, answer in entered:
        if answer is not None:
            steps.answer(state, _always(answer), chosen_from=name != "Send")
            state["step"] = {"answer": answer}
    around = states_for_each_journey(machine("campaign"))
    assert kept.sum("state_transitions") == len(entered) + around
    assert kept.sum("function_calls") == len(JOURNEYS[journey])


@pytest.mark.parametrize(
    ("error", "told"), [(Unavailable("down"), steps.Retryable), (NotFound("gone"), steps.Failed)]
)
def test_a_step_that_fails_counts_itself_and_fails_as_the_machine_knows(
    kept: Kept, error: Exception, told: type[Exception]
) -> None:
    def fail(_state: Mapping[str, Any]) -> steps.Answer:
        raise error

    with pytest.raises(told):
        steps.answer(INPUT, fail)
    assert kept.companies == ["salon"]
    assert kept.sum("state_transitions") == 1
