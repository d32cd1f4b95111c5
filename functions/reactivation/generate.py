"""Writes the message and checks its facts."""

from collections.abc import Mapping
from typing import Any

from comeback.reactivation.scene import Answer, JourneyRef
from comeback.runtime import steps, wiring
from comeback.runtime.steps import Next


def handler(event: Mapping[str, Any], _context: object) -> Answer:
    step = wiring.generate()
    return steps.answer(event, lambda state: step.run(JourneyRef.of(state)), Next.STEP)
