"""The cloud of the simulation does as AWS does, and the same seed tells the same story."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.architecture.template import ROOT
from tests.simulation import deployed
from tests.simulation.agenda import Agenda
from tests.simulation.cloud import CAMPAIGN, JOURNEY
from tests.simulation.faults import Crash, Fault, Weather
from tests.simulation.machine import Execution, Machine, TaskFailed
from tests.simulation.queues import Queue, Settings
from tests.simulation.simulate import lived
from tests.simulation.states_language import check
from tests.simulation.trace import Trace

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Event = Mapping[str, Any]


# ── one seed, one story ──────────────────────────────────────────────────────────────────────────


def test_the_same_seed_tells_the_same_story() -> None:
    assert lived(7).trace.lines() == lived(7).trace.lines()
    assert lived(7).trace.digest != lived(8).trace.digest


def test_in_another_process_too() -> None:
    told = subprocess.run(  # this very Python
        [sys.executable, "-m", "tests.simulation", "--seed", "7", "--digest"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}/functions:{ROOT}/layers/core", "PYTHONHASHSEED": "11"},
    )
    assert told.stdout.strip() == lived(7).trace.digest


def test_every_fault_strikes_somewhere() -> None:
    seen = set[Fault]()
    for seed in range(60):
        seen |= set(lived(seed).weather.injected)
        if seen == set(Fault):
            return
    raise AssertionError(f"never: {set(Fault) - seen}")


# ── SQS ──────────────────────────────────────────────────────────────────────────────────────────


def calm(agenda: Agenda) -> Weather:
    weather = Weather.drawn(0, Trace(lambda: agenda.now))
    weather.over = True
    return weather


def queue(consume: Callable[[Event], Event], *, fifo: bool = True, receives: int = 3) -> Queue:
    agenda = Agenda(NOON)
    settings = Settings("q", fifo, visibility=60, receives=receives, batch=2)
    return Queue(settings, consume, agenda, calm(agenda))


def taken(records: list[str], failing: Mapping[str, int]) -> Callable[[Event], Event]:
    """`failing`: body → so many receives fail."""

    def consume(event: Event) -> Event:
        failures = []
        for record in event["Records"]:
            records.append(record["body"])
            if records.count(record["body"]) <= failing.get(record["body"], 0):
                failures.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failures}

    return consume


def test_a_group_waits_for_its_first_and_others_do_not() -> None:
    seen: list[str] = []
    q = queue(taken(seen, {"a1": 1}))
    for body, group in (("a1", "a"), ("b1", "b"), ("a2", "a")):
        q.take(body, group, body)
    q.agenda.run(NOON + timedelta(seconds=30))
    assert seen == ["a1", "b1"]
    q.agenda.run(NOON + timedelta(minutes=5))
    assert seen == ["a1", "b1", "a1", "a2"]


def test_a_fifo_queue_forgets_after_five_minutes() -> None:
    seen: list[str] = []
    q = queue(taken(seen, {}))
    for minutes in (0, 4, 6):
        q.agenda.run(NOON + timedelta(minutes=minutes))
        q.take("a", "g", "a")
    q.agenda.run(NOON + timedelta(minutes=7))
    assert seen == ["a", "a"]


def test_after_its_receives_a_message_is_dead_until_it_is_put_back() -> None:
    seen: list[str] = []
    q = queue(taken(seen, {"a": 3}))
    q.take("a", "g", "a")
    q.agenda.run(NOON + timedelta(hours=1))
    assert (seen, len(q.dead), q.waiting) == (["a"] * 3, 1, [])
    q.redrive()
    q.agenda.run(NOON + timedelta(hours=2))
    assert (len(seen), q.dead, q.waiting) == (4, [], [])


def test_what_dies_comes_back_after_its_visibility() -> None:
    seen: list[str] = []

    def dies_once(event: Event) -> Event:
        seen.append(event["Records"][0]["body"])
        if len(seen) == 1:
            raise Crash
        return {"batchItemFailures": []}

    q = queue(dies_once, fifo=False)
    q.take("a")
    q.agenda.run(NOON + timedelta(seconds=59))
    assert seen == ["a"]
    q.agenda.run(NOON + timedelta(seconds=61))
    assert seen == ["a", "a"]


# ── Step Functions ───────────────────────────────────────────────────────────────────────────────

TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "F", "Payload.$": "$"},
    "ResultSelector": {"answer.$": "$.Payload"},
    "ResultPath": "$.step",
    "Retry": [{"ErrorEquals": ["Again"], "IntervalSeconds": 5, "MaxAttempts": 2, "BackoffRate": 3}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught"}],
    "Next": "Asked",
}
ASKED = {
    "Type": "Choice",
    "Choices": [{"Variable": "$.step.answer.ok", "BooleanEquals": True, "Next": "Good"}],
    "Default": "Caught",
}
STATES = {
    "Do": TASK,
    "Asked": ASKED,
    "Caught": {"Type": "Pass", "Result": {"bad": True}, "ResultPath": "$.end", "Next": "Good"},
    "Good": {"Type": "Succeed"},
}


def run(answers: list[Any], states: Event = STATES, token: bool = False) -> tuple[Execution, int]:
    """The execution after two days, and how often the function was called; an error's name fails the call."""
    agenda, asked = Agenda(NOON), list(answers)

    def invoke(_name: str, payload: Any) -> Any:
        answer = asked.pop(0)
        if isinstance(answer, str):
            raise TaskFailed(answer)
        if token:
            machine.answer(payload["token"], answer)
        return answer

    machine = Machine(
        {"StartAt": "Do", "States": states},
        agenda,
        Random(1),
        Trace(lambda: agenda.now),
        invoke,
        lambda _name, _data: None,
    )
    assert machine.start("x", {"who": "anna"})
    assert not machine.start("x", {})
    agenda.run(NOON + timedelta(days=2))
    return machine.executions["x"], len(answers) - len(asked)


def test_a_task_is_repeated_as_often_as_it_may_be_and_then_caught() -> None:
    execution, calls = run(["Again", "Again", {"ok": True}])
    assert (execution.status, calls) == ("SUCCEEDED", 3)
    assert execution.data["who"] == "anna"
    assert "end" not in execution.data
    execution, calls = run(["Again", "Again", "Again"])
    assert (calls, execution.data["error"]["Error"], execution.data["end"]) == (
        3,
        "Again",
        {"bad": True},
    )
    execution, calls = run(["Other"])
    assert (calls, execution.data["end"]) == (1, {"bad": True})


def test_a_choice_without_a_match_takes_its_default() -> None:
    execution, _ = run([{"ok": False}])
    assert execution.data["end"] == {"bad": True}


@pytest.mark.parametrize(("told", "caught"), [(True, False), (False, True)])
def test_a_task_waits_for_its_token_or_times_out(told: bool, caught: bool) -> None:
    waits = {
        **TASK,
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "F", "Payload": {"token.$": "$$.Task.Token"}},
        "ResultSelector": {"answer.$": "$"},
        "TimeoutSeconds": "3600",
    }
    execution, _ = run([{"ok": True}], {**STATES, "Do": waits}, token=told)
    assert execution.status == "SUCCEEDED"
    assert ("error" in execution.data) is caught


def test_what_is_not_simulated_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="Arguments"):
        check({"StartAt": "Do", "States": {"Do": {**TASK, "Arguments": {}}}})
    with pytest.raises(NotImplementedError, match="QueryLanguage"):
        check({"StartAt": "Do", "QueryLanguage": "JSONata", "States": STATES})


@pytest.mark.parametrize("name", [JOURNEY, CAMPAIGN])
def test_the_deployed_machines_are_simulated(name: str) -> None:
    check(deployed.machine(name))
