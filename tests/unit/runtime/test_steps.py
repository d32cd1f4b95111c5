"""Steps tell the meter of every state that the machines enter for them, however a journey goes."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from comeback.errors import Erased, NotFound, Unavailable
from comeback.runtime import steps
from comeback.runtime.steps import Next

from tests.unit.runtime.conftest import Kept

ROOT = Path(__file__).parents[3]
MACHINES = ROOT / "infra" / "statemachines"
INPUT = {"company_id": "salon", "journey_id": "j1"}
SKIPPED: steps.Answer = {"status": "skipped"}
DONE: steps.Answer = {"status": "done"}
READY: steps.Answer = {"status": "ready"}
RESERVED: steps.Answer = {**READY, "wait_seconds": 3600}
NOT_NOW: steps.Answer = {**SKIPPED, "wait_seconds": 0}
EARLY: steps.Answer = {"status": "early", "wait_seconds": 60}
UNRESERVED: steps.Answer = {"status": "unreserved"}
RETRY: steps.Answer = {"status": "retry", "wait_seconds": 60}
SENT = [READY, RESERVED, READY, READY, READY]
"""Analyse, Reserve, FindSlots, Generate, Send."""
JOURNEYS: Mapping[str, list[steps.Answer]] = {
    "skipped at once": [SKIPPED],
    "answered": [*SENT, DONE],
    "woken early, no minute left": [EARLY, READY, NOT_NOW, SKIPPED],
    "a full day, then another": [READY, EARLY, UNRESERVED, *SENT[1:], DONE],
    "no slots": [READY, RESERVED, SKIPPED],
    "no template": [READY, RESERVED, READY, SKIPPED, READY, DONE],
    "written twice": [*SENT, RETRY, EARLY, *SENT, DONE],
}


def machine(name: str) -> Any:
    return yaml.safe_load((MACHINES / f"{name}.asl.yaml").read_text())


STEPS = {
    name: state for name, state in machine("journey")["States"].items() if state["Type"] == "Task"
}


def after(step: str) -> Next:
    """As the machine draws it."""
    following = machine("journey")["States"][STEPS[step]["Next"]]["Type"]
    return {"Choice": Next.CHOICE, "Wait": Next.WAIT}.get(following, Next.STEP)


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
            steps.answer(state, _always(answer), after(name))
            state["step"] = {"answer": answer}
    assert kept.sum("state_transitions") == len(entered)
    assert kept.sum("function_calls") == len(JOURNEYS[journey])


@pytest.mark.parametrize("step", STEPS)
def test_a_handler_says_what_the_machine_draws_after_it(step: str) -> None:
    module = re.sub(r"(?<!^)(?=[A-Z])", "_", step).lower()
    source = (ROOT / "functions" / "reactivation" / f"{module}.py").read_text()
    assert f", Next.{after(step).name})" in source


def test_starts_by_the_map_are_no_states() -> None:
    """Its children are Express: billed by the request."""
    processor = machine("campaign")["States"]["StartJourneys"]["ItemProcessor"]
    assert processor["ProcessorConfig"]["ExecutionType"] == "EXPRESS"


def test_an_erased_clients_journey_ends_at_the_next_choice() -> None:
    """Without an alarm. What stands before a step without one fails, and Track's Choice comes next."""

    def erased(_state: Mapping[str, Any]) -> steps.Answer:
        raise Erased("the client")

    for name in STEPS:
        if after(name) is Next.CHOICE:
            told = steps.answer(INPUT, erased, after(name))
            assert told["status"] not in steps.GOING_ON
            assert STEPS[name]["Next"] != "Track"
        else:
            with pytest.raises(steps.Failed, match="Erased"):
                steps.answer(INPUT, erased, after(name))
            caught = machine("journey")["States"][STEPS[name]["Catch"][-1]["Next"]]
            assert caught["Next"] == "Track"


@pytest.mark.parametrize(
    ("error", "told"), [(Unavailable("down"), steps.Retryable), (NotFound("gone"), steps.Failed)]
)
def test_a_step_that_fails_counts_itself_and_fails_as_the_machine_knows(
    kept: Kept, error: Exception, told: type[Exception]
) -> None:
    def fail(_state: Mapping[str, Any]) -> steps.Answer:
        raise error

    with pytest.raises(told):
        steps.answer(INPUT, fail, Next.STEP)
    assert kept.companies == ["salon"]
    assert kept.sum("state_transitions") == 1
