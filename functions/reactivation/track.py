"""Ends an attempt by its outcome: a rest before the next one, or the end of the journey."""

from collections.abc import Mapping
from typing import Any

from comeback.reactivation.model import Outcome
from comeback.reactivation.scene import Answer, JourneyRef
from comeback.runtime import steps, wiring
from comeback.runtime.steps import Next


def handler(event: Mapping[str, Any], _context: object) -> Answer:
    def step(state: Mapping[str, Any]) -> Answer:
        outcome = Outcome(state["step"]["answer"]["outcome"])
        return wiring.track().run(JourneyRef.of(state), outcome)

    return steps.answer(event, step, Next.CHOICE)
