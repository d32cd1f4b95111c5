"""Amazon States Language as no linter checks it: a dangling `Next` is found only when an execution gets there."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from comeback.reactivation.scene import JourneyRef

from tests.architecture.template import ROOT, resources
from tests.simulation.cloud import DIED

FILES = sorted((ROOT / "infra" / "statemachines").glob("*.asl.yaml"))
ENDS = {"Succeed", "Fail"}
MACHINES = resources("AWS::Serverless::StateMachine")


def machines(file: Path) -> Iterator[dict[str, Any]]:
    """The machine and those inside its maps."""
    stack = [yaml.safe_load(file.read_text())]
    while stack:
        machine = stack.pop()
        yield machine
        stack += [s["ItemProcessor"] for s in machine["States"].values() if "ItemProcessor" in s]


def targets(state: dict[str, Any]) -> list[str]:
    parts = [state, *state.get("Choices", []), *state.get("Catch", [])]
    found = [part["Next"] for part in parts if "Next" in part]
    return found + ([state["Default"]] if "Default" in state else [])


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_next_exists_and_every_state_is_reached(file: Path) -> None:
    for machine in machines(file):
        states = machine["States"]
        reached = {machine["StartAt"], *(t for state in states.values() for t in targets(state))}
        assert reached == set(states)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_state_goes_on_or_ends(file: Path) -> None:
    for machine in machines(file):
        for name, state in machine["States"].items():
            assert targets(state) or state.get("End") or state["Type"] in ENDS, name
            if state["Type"] == "Choice":
                assert "Default" in state, name


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_task_is_limited_repeated_and_caught(file: Path) -> None:
    for machine in machines(file):
        for name, state in machine["States"].items():
            if state["Type"] != "Task" or "startExecution" in state["Resource"]:
                continue
            assert state["TimeoutSeconds"], name
            assert any("Retryable" in r["ErrorEquals"] for r in state["Retry"]), name
            last = name == "Track"
            assert last or state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name


def test_every_task_repeats_a_died_process_whatever_it_is_called() -> None:
    """Only a task that waits for its token lets a time-out be: it says that nobody answered."""
    (journey,) = machines(ROOT / "infra/statemachines/journey.asl.yaml")
    tasks = {name: s for name, s in journey["States"].items() if s["Type"] == "Task"}
    repeated = {
        name: {error for retrier in s["Retry"] for error in retrier["ErrorEquals"]}
        | ({"States.Timeout"} if s["Resource"].endswith("waitForTaskToken") else set())
        for name, s in tasks.items()
    }
    every = set.union(*repeated.values())
    assert repeated == dict.fromkeys(tasks, every)
    assert every.issuperset(DIED)


@pytest.mark.parametrize("name", MACHINES)
def test_every_placeholder_is_filled(name: str) -> None:
    definition = (ROOT / MACHINES[name]["DefinitionUri"]).read_text()
    for placeholder in MACHINES[name]["DefinitionSubstitutions"]:
        assert f"${{{placeholder}}}" in definition
        definition = definition.replace(f"${{{placeholder}}}", "")
    assert "${" not in definition


def test_a_campaign_hands_each_journey_all_that_its_steps_read() -> None:
    campaign = yaml.safe_load((ROOT / "infra/statemachines/campaign.asl.yaml").read_text())
    start = campaign["States"]["StartJourneys"]["ItemProcessor"]["States"]["StartJourney"]
    given = start["Parameters"]["Input"]
    assert given == {f"{f.name}.$": f"$.{f.name}" for f in fields(JourneyRef)}


def test_a_journey_may_call_its_steps_and_nothing_else() -> None:
    journey = MACHINES["ReactivationJourney"]
    called = {
        k.removesuffix("Arn") for k in journey["DefinitionSubstitutions"] if k.endswith("Arn")
    }
    (statement,) = [
        s
        for policy in journey["Policies"]
        for s in policy["Statement"]
        if s["Action"] == "lambda:InvokeFunction"
    ]
    allowed = {str(arn["Fn::GetAtt"]).removesuffix(".Arn") for arn in statement["Resource"]}
    assert allowed == called
