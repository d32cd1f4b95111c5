"""Step Functions in virtual time: runs the very definitions of infra/statemachines, so that a change of them is simulated."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from tests.simulation.agenda import Agenda
from tests.simulation.states_language import (
    TIMED_OUT,
    State,
    check,
    filled,
    holds,
    look_up,
    matches,
    placed,
)
from tests.simulation.trace import Trace

INVOKE, WAIT_FOR_TOKEN, START = "lambda:invoke", "lambda:invoke.waitForTaskToken", "startExecution"


class TaskFailed(Exception):
    """`error`: the name that Retry and Catch know."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


Invoke = Callable[[str, Any], Any]
"""A function by its name in the definition, with its payload. Raises TaskFailed."""
Start = Callable[[str, Mapping[str, Any]], None]
"""An execution by its name. Raises TaskFailed."""


@dataclass
class Execution:
    name: str
    state: str
    data: Any
    started_at: datetime
    ended_at: datetime | None = None
    status: str = "RUNNING"
    error: str = ""
    tries: dict[tuple[str, int], int] = field(default_factory=dict)
    """Repetitions of the state under way, by its retriers."""
    entered: int = 0
    """Distinguishes the time-outs and answers of one task from those of the next."""


@dataclass
class Machine:
    definition: Mapping[str, Any]
    agenda: Agenda
    rng: Random
    trace: Trace
    invoke: Invoke
    start_other: Start
    items: Callable[[Any], Iterable[Any]] = lambda _: ()
    """What a Map's ItemReader reads."""
    executions: dict[str, Execution] = field(default_factory=dict)
    waiting: dict[str, tuple[Execution, int]] = field(default_factory=dict)
    """Task token → who waits for it, and since which entry."""
    tokens: int = 0

    def start(self, name: str, data: Mapping[str, Any]) -> bool:
        """False when this name was used before."""
        if name in self.executions:
            return False
        check(self.definition)
        execution = Execution(name, self.definition["StartAt"], data, self.agenda.now)
        self.executions[name] = execution
        self._soon(execution)
        return True

    def answer(self, token: str, output: Any) -> bool:
        """False for a token that nobody waits for any more."""
        return self._told(token, lambda execution: self._done(execution, output))

    def fail(self, token: str, error: str) -> bool:
        return self._told(token, lambda execution: self._failed(execution, error))

    def _told(self, token: str, go_on: Callable[[Execution], None]) -> bool:
        execution, entered = self.waiting.pop(token, (None, 0))
        if execution is None or execution.entered != entered or execution.ended_at:
            return False
        self.agenda.after(self._pause(), lambda: self._if_still(execution, entered, go_on))
        return True

    def _if_still(
        self, execution: Execution, entered: int, go_on: Callable[[Execution], None]
    ) -> None:
        if execution.entered == entered and not execution.ended_at:
            go_on(execution)

    # ── one state after the other ────────────────────────────────────────────────────────────────

    def _soon(self, execution: Execution, seconds: float = 0) -> None:
        execution.entered += 1
        entered = execution.entered
        self.agenda.after(
            seconds + self._pause(), lambda: self._if_still(execution, entered, self._enter)
        )

    def _pause(self) -> float:
        return self.rng.uniform(0.02, 0.3)

    def _enter(self, execution: Execution) -> None:
        state = self.definition["States"][execution.state]
        entering: Mapping[str, Callable[[Execution, State], None]] = {
            "Task": self._task,
            "Choice": self._choice,
            "Wait": self._wait,
            "Pass": self._pass,
            "Map": self._map,
            "Succeed": lambda e, _: self._end(e, "SUCCEEDED"),
            "Fail": lambda e, s: self._end(e, "FAILED", s.get("Error", "")),
        }
        entering[state["Type"]](execution, state)

    def _next(self, execution: Execution, state: State) -> None:
        if state.get("End"):
            self._end(execution, "SUCCEEDED")
        else:
            self._go(execution, state["Next"])

    def _go(self, execution: Execution, name: str, seconds: float = 0) -> None:
        execution.state = name
        execution.tries = {}
        self._soon(execution, seconds)

    def _end(self, execution: Execution, status: str, error: str = "") -> None:
        execution.status, execution.error, execution.ended_at = status, error, self.agenda.now
        self.trace.add("execution", execution.name, status, error)

    def _choice(self, execution: Execution, state: State) -> None:
        for rule in state["Choices"]:
            if holds(rule, execution.data):
                return self._go(execution, rule["Next"])
        return self._go(execution, state["Default"])

    def _wait(self, execution: Execution, state: State) -> None:
        path = state.get("SecondsPath")
        seconds = look_up(path, execution.data) if path else state["Seconds"]
        self._go(execution, state["Next"], seconds)

    def _pass(self, execution: Execution, state: State) -> None:
        result = state.get("Result", execution.data)
        execution.data = placed(execution.data, state, result)
        self._next(execution, state)

    def _map(self, execution: Execution, state: State) -> None:
        """A distributed map's children are executions of their own; here they start side by side."""
        inner = state["ItemProcessor"]
        child = Machine(
            inner, self.agenda, self.rng, self.trace, self.invoke, self.start_other, self.items
        )
        for n, item in enumerate(self.items(execution.data)):
            child.start(f"{execution.name}.{n}", item)
        self._next(execution, state)

    # ── tasks ────────────────────────────────────────────────────────────────────────────────────

    def _task(self, execution: Execution, state: State) -> None:
        resource, entered = state["Resource"].rpartition(":::")[2], execution.entered
        waits = resource == WAIT_FOR_TOKEN
        context = self._context(execution, entered) if waits else {}
        asked = filled(state["Parameters"], execution.data, context)
        try:
            if resource.endswith(START):
                self.start_other(asked["Name"], asked["Input"])
                answer: Any = {}
            else:
                answer = self.invoke(asked["FunctionName"], asked["Payload"])
        except TaskFailed as failure:
            error = failure.error
            self._if_still(execution, entered, lambda e: self._failed(e, error))
            return
        if not waits:
            self._done(execution, {"Payload": answer} if resource == INVOKE else answer)
            return
        limit = float(state["TimeoutSeconds"])
        self.agenda.after(
            limit,
            lambda: self._if_still(execution, entered, lambda e: self._failed(e, TIMED_OUT)),
        )

    def _context(self, execution: Execution, entered: int) -> dict[str, Any]:
        self.tokens += 1
        token = f"token-{self.tokens}"
        self.waiting[token] = (execution, entered)
        return {"Task": {"Token": token}}

    def _done(self, execution: Execution, output: Any) -> None:
        state = self.definition["States"][execution.state]
        selector = state.get("ResultSelector")
        result = filled(selector, output, {}) if selector else output
        execution.data = placed(execution.data, state, result)
        self._next(execution, state)

    def _failed(self, execution: Execution, error: str) -> None:
        state = self.definition["States"][execution.state]
        for n, retrier in enumerate(state.get("Retry", ())):
            if not matches(retrier, error):
                continue
            before = execution.tries.get((execution.state, n), 0)
            if before >= retrier.get("MaxAttempts", 3):
                break
            execution.tries[execution.state, n] = before + 1
            self._soon(execution, self._rest(retrier, before))
            return
        for catcher in state.get("Catch", ()):
            if matches(catcher, error):
                told = {"Error": error, "Cause": ""}
                execution.data = placed(execution.data, catcher, told)
                self._go(execution, catcher["Next"])
                return
        self._end(execution, "FAILED", error)

    def _rest(self, retrier: Mapping[str, Any], before: int) -> float:
        """Seconds."""
        rest = float(retrier.get("IntervalSeconds", 1)) * retrier.get("BackoffRate", 2.0) ** before
        rest = min(rest, retrier.get("MaxDelaySeconds", rest))
        return self.rng.uniform(0, rest) if retrier.get("JitterStrategy") == "FULL" else rest
