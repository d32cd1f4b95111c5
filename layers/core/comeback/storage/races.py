"""Optimistic writes: read, decide, write under a version; again when somebody else was first."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from comeback.errors import Conflict

Result = TypeVar("Result")

ATTEMPTS = 50
"""A lost race is a won one of somebody else's: more than the 40 journeys that a campaign runs at once can all be served."""
PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds: before the n-th repetition a random part of n × n × PAUSE. Rivals in step would meet again, all but one in vain."""
PATIENCE = 8.0
"""Seconds after which a repetition is left to the queue or the state machine."""


def until_won(attempt: Callable[[], Result]) -> Result:
    """What `attempt` answers once it meets no Conflict. Raises Conflict when others kept winning."""
    until = time.monotonic() + PATIENCE
    for number in range(ATTEMPTS):
        time.sleep(random.uniform(0, min(number**2 * PAUSE, LONGEST_PAUSE)))  # noqa: S311  # no secret
        if time.monotonic() > until:
            break
        try:
            return attempt()
        except Conflict:
            continue
    raise Conflict("others kept being first")
