"""An outside API's rate, shared by all functions: the moments of the last minute's calls in one versioned item."""

from collections.abc import Sequence
from datetime import datetime

from comeback.storage import keys, transaction
from comeback.storage.items.base import NEW
from comeback.storage.items.limits import RateItem
from comeback.storage.races import until_won
from comeback.storage.table import Put, Table

SECOND, MINUTE = 1_000, 60_000
"""Milliseconds."""


def take(table: Table, bucket: str, per_second: int, per_minute: int, now: datetime) -> float:
    moment = int(now.timestamp() * 1_000)

    def attempt() -> float:
        stored = table.get(RateItem, keys.rate(bucket))
        calls = [call for call in (stored.calls if stored else ()) if call > moment - MINUTE]
        wait = wait_for(calls, moment, per_second, per_minute)
        if wait:
            return wait / 1_000
        version = stored.version if stored else 0
        fresh = RateItem.of(bucket, tuple(sorted((*calls, moment))), version + 1, now)
        transaction.apply(table, [Put(fresh, RateItem.version == version if stored else NEW)])
        return 0.0

    return until_won(attempt)


def wait_for(calls: Sequence[int], moment: int, per_second: int, per_minute: int) -> int:
    """Milliseconds until one more call fits both sliding windows. `calls` oldest first, none older than a minute.

    Clocks of two functions differ: a call that seems to lie in the future counts as one just made.
    """
    last_second = [call for call in calls if call > moment - SECOND]
    waits = [0]
    if len(last_second) >= per_second:
        waits.append(last_second[-per_second] + SECOND - moment)
    if len(calls) >= per_minute:
        waits.append(calls[-per_minute] + MINUTE - moment)
    return max(waits)
