"""The Step Functions answer to our errors, mapped once.

The state machine retries an error named `Retryable` and gives anything else to Track as a failed attempt. Lambda
reports an exception's class name as the error's name, hence the two classes here; and it logs an exception's words, hence their
own say no more than what kind of error it was.

Every state entered is billed, so a step tells the meter of its own and of those that follow from its answer, as
infra/statemachines/journey.asl.yaml draws them: a Choice, a Wait, the end.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from comeback import errors
from comeback.runtime.logs import correlate, forget, logger
from comeback.runtime.meter import METER

GOING_ON = frozenset({"ready", "early", "retry", "unreserved"})
"""Statuses that the Choices know; any other leads to Ended."""
Answer = Mapping[str, Any]
ERASED: Answer = {"status": "erased"}


class Next(Enum):
    """What the machine enters after a step, before the step that follows."""

    STEP = "nothing"
    WAIT = "a Wait, whatever the answer"
    CHOICE = "a Choice, and where it leads"


class Retryable(Exception):
    """Ask the state machine to try this step again."""


class Failed(Exception):
    """Repeating this step can not help."""


def answer(
    state: Mapping[str, Any],
    step: Callable[[Mapping[str, Any]], Answer],
    then: Next,
) -> Answer:
    """Runs one step on the execution's state."""
    forget()
    company_id = str(state.get("company_id", ""))
    correlate(company_id=company_id, journey_id=str(state.get("journey_id", "")))
    with METER.invocation(), METER.of(company_id):
        METER.note("state_transitions", 1)
        result = _run(state, step, then)
        METER.note("state_transitions", _after(result, then))
    logger.info("step", extra={"status": result.get("status", "")})
    return result


def _run(
    state: Mapping[str, Any], step: Callable[[Mapping[str, Any]], Answer], then: Next
) -> Answer:
    """An erased client's journey ends without an alarm, at the next Choice: Track's, where a step is followed by none."""
    try:
        return step(state)
    except errors.Erased:
        if then is not Next.CHOICE:
            raise Failed("Erased") from None
        return ERASED
    except errors.Retryable as error:
        logger.warning("to be retried", extra={"error": type(error).__name__})
        raise Retryable(type(error).__name__) from None
    except errors.ComebackError as error:
        logger.error("step failed", extra={"error": type(error).__name__})
        raise Failed(type(error).__name__) from None
    except Exception as error:
        logger.exception("unexpected error")
        raise Failed(type(error).__name__) from None


def _after(result: Answer, then: Next) -> int:
    """States entered between this step and the next, or the end."""
    if then is Next.CHOICE:
        return 1 + ("wait_seconds" in result) + (result["status"] not in GOING_ON)
    return 1 if then is Next.WAIT else 0
