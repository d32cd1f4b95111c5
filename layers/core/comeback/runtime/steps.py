"""The Step Functions answer to our errors, mapped once.

The state machine retries an error named `Retryable` and gives anything else to Track as a failed attempt. Lambda
reports an exception's class name as the error's name, hence the two classes here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from comeback import errors
from comeback.runtime.logs import correlate, forget, logger

Answer = Mapping[str, Any]


class Retryable(Exception):
    """Ask the state machine to try this step again."""


class Failed(Exception):
    """Repeating this step can not help."""


def answer(state: Mapping[str, Any], step: Callable[[Mapping[str, Any]], Answer]) -> Answer:
    """Runs one step on the execution's state."""
    forget()
    correlate(
        company_id=str(state.get("company_id", "")),
        journey_id=str(state.get("journey_id", "")),
    )
    try:
        result = step(state)
    except errors.Retryable as error:
        logger.warning("to be retried", extra={"error": type(error).__name__})
        raise Retryable(type(error).__name__) from error
    except errors.ComebackError as error:
        logger.error("step failed", extra={"error": type(error).__name__})
        raise Failed(type(error).__name__) from error
    logger.info("step", extra={"status": result.get("status", "")})
    return result
