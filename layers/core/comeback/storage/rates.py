"""An outside API's rate, shared by all functions: the moments of the last minute's calls in one versioned item, and beside
them what else every call has to know."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from comeback.ports import Beside
from comeback.storage import keys, transaction
from comeback.storage.items.base import NEW
from comeback.storage.items.limits import RateItem
from comeback.storage.races import until_won
from comeback.storage.table import Put, Table

SECOND, MINUTE = 1_000, 60_000
"""Milliseconds."""


def take(
    table: Table,
    bucket: str,
    per_second: int,
    per_minute: int,
    now: datetime,
    beside: Beside | None = None,
) -> float:
    moment = _milliseconds(now)

    def attempt() -> float:
        stored = table.get(RateItem, keys.rate(bucket))
        notes = _changed(stored, beside)
        calls = _within_minute(stored, moment)
        wait = wait_for(calls, moment, per_second, per_minute)
        if wait:
            return wait / 1_000
        _write(table, bucket, stored, tuple(sorted((*calls, moment))), notes, now)
        return 0.0

    return until_won(attempt)


def note(table: Table, bucket: str, beside: Beside, now: datetime) -> None:
    def attempt() -> None:
        stored = table.get(RateItem, keys.rate(bucket))
        notes = _changed(stored, beside)
        if notes != _notes(stored):
            calls = _within_minute(stored, _milliseconds(now))
            _write(table, bucket, stored, calls, notes, now)

    until_won(attempt)


def _write(
    table: Table,
    bucket: str,
    stored: RateItem | None,
    calls: tuple[int, ...],
    notes: Mapping[str, str],
    now: datetime,
) -> None:
    version = stored.version if stored else 0
    fresh = RateItem.of(bucket, calls, version + 1, now, notes)
    transaction.apply(table, [Put(fresh, RateItem.version == version if stored else NEW)])


def _within_minute(stored: RateItem | None, moment: int) -> tuple[int, ...]:
    return tuple(call for call in (stored.calls if stored else ()) if call > moment - MINUTE)


def _notes(stored: RateItem | None) -> Mapping[str, str]:
    return (stored and stored.notes) or {}


def _changed(stored: RateItem | None, beside: Beside | None) -> Mapping[str, str]:
    """Empty texts are not kept."""
    notes = _notes(stored)
    if beside is None:
        return notes
    told = {**notes, beside.name: beside.change(notes.get(beside.name, ""))}
    return {name: text for name, text in told.items() if text}


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1_000)


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
