"""Opens a journey, or its next attempt, if the client may be written to."""

from collections.abc import Mapping
from typing import Any

from comeback.reactivation.scene import Answer, JourneyRef
from comeback.runtime import steps, wiring
from comeback.runtime.steps import Next


def handler(event: Mapping[str, Any], _context: object) -> Answer:
    step = wiring.analyse()
    return steps.answer(event, lambda state: step.run(JourneyRef.of(state)), Next.CHOICE)
