"""Hands the message to the outbound queue; the execution waits for the answer."""

from collections.abc import Mapping
from typing import Any

from comeback.reactivation.scene import READY, Answer, JourneyRef
from comeback.runtime import steps, wiring
from comeback.runtime.steps import Next


def handler(event: Mapping[str, Any], _context: object) -> Answer:
    def step(state: Mapping[str, Any]) -> Answer:
        wiring.send().run(JourneyRef.of(state), event["task_token"])
        return READY

    try:
        return steps.answer(event["state"], step, Next.STEP)
    except Exception as error:
        # A task that waits for its token may not hear of the function's own error (MiniStack does not).
        wiring.fail_wait(event["task_token"], type(error).__name__)
        raise
