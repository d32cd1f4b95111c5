"""Optimistic writes: read, decide, write under a version; again when somebody else was first."""

import time
from collections.abc import Callable
from typing import TypeVar

from comeback.errors import Conflict

Result = TypeVar("Result")

ATTEMPTS = 50
"""A lost race is a won one of somebody else's: more than the 40 journeys that a campaign runs at once can all be served."""
PAUSE, LONGEST_PAUSE = 0.01, 0.1
"""Seconds: n × PAUSE before the n-th repetition."""
PATIENCE = 8.0
"""Seconds after which a repetition is left to the queue or the state machine."""


def until_won(attempt: Callable[[], Result]) -> Result:
    """What `attempt` answers once it meets no Conflict. Raises Conflict when others kept winning."""
    until = time.monotonic() + PATIENCE
    for number in range(ATTEMPTS):
        time.sleep(min(number * PAUSE, LONGEST_PAUSE))
        if time.monotonic() > until:
            break
        try:
            return attempt()
        except Conflict:
            continue
    raise Conflict("others kept being first")
