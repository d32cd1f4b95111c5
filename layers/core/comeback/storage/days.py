"""One member of staff's UTC days: read, decide, write back under a version; several days in one transaction.

A slot that crosses midnight UTC (an evening in New York) stands in both days' items, so that neither day can give it away.
"""

import random
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from comeback.bookings.model import Slot
from comeback.errors import Conflict, Unavailable
from comeback.storage import keys
from comeback.storage.items import DayItem, Holding, Item
from comeback.storage.store import answering

Result = TypeVar("Result")
Decision = tuple[Sequence[Holding], Result]
ATTEMPTS = 12
FIRST_PAUSE = 0.02
"""Seconds before a lost race is run again; doubled each time up to a second, with jitter."""
KEPT = timedelta(days=40)
"""A day's item is deleted by TTL this long after the day."""


def utc_days(slot: Slot) -> list[date]:
    first, last = slot.starts_at.date(), (slot.ends_at - timedelta(microseconds=1)).date()
    return [first] if first == last else [first, last]


def read(company_id: str, staff_days: Iterable[tuple[str, date]]) -> list[Holding]:
    """What holds these members of staff on these days, each holding once."""
    wanted = {(keys.staff_day(company_id, s, d), keys.ONLY) for s, d in staff_days}
    found: dict[tuple[str, datetime, str], Holding] = {}
    for part in _hundreds(sorted(wanted)):
        with answering():
            for item in Item.batch_get(part, consistent_read=True):
                if isinstance(item, DayItem):
                    found |= {
                        (h.slot.staff_id, h.slot.starts_at, h.holder): h for h in item.holdings
                    }
    return list(found.values())


def change(
    connection: Connection,
    company_id: str,
    slots: Sequence[Slot],
    decide: Callable[[Sequence[Holding]], "Decision[Result]"],
    more: Callable[[TransactWrite], None] | None = None,
) -> Result:
    """Runs `decide` on what holds the days of `slots` and writes back what it answers, all days or none.

    `more` adds writes to the same transaction. Raises Conflict when others kept winning, Unavailable.
    """
    days = sorted({(slot.staff_id, day) for slot in slots for day in utc_days(slot)})
    pause = FIRST_PAUSE
    for _ in range(ATTEMPTS):
        stored = {pair: _get(company_id, *pair) for pair in days}
        before = _distinct(h for item in stored.values() if item for h in item.holdings)
        after, result = decide(before)
        if set(after) == set(before) and more is None:
            return result
        if _write(connection, company_id, stored, after, more):
            return result
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # jitter, no secret
        pause = min(1.0, pause * 2)
    raise Conflict("the book of these days is being changed by others")


def _write(
    connection: Connection,
    company_id: str,
    stored: dict[tuple[str, date], DayItem | None],
    after: Sequence[Holding],
    more: Callable[[TransactWrite], None] | None,
) -> bool:
    token = str(uuid.uuid4())
    try:
        with TransactWrite(connection=connection, client_request_token=token) as transaction:
            for (staff_id, day), item in stored.items():
                own = [h for h in after if h.slot.staff_id == staff_id and day in utc_days(h.slot)]
                _save(transaction, company_id, staff_id, day, item, tuple(own), token)
            if more:
                more(transaction)
    except TransactWriteError:
        (staff_id, day) = next(iter(stored))
        written = _get(company_id, staff_id, day)
        return written is not None and written.written_by == token
    except PynamoDBException as error:
        raise Unavailable("DynamoDB did not answer in time") from error
    return True


def _save(
    transaction: TransactWrite,
    company_id: str,
    staff_id: str,
    day: date,
    item: DayItem | None,
    holdings: tuple[Holding, ...],
    token: str,
) -> None:
    ends = datetime.combine(day, datetime.min.time()) + KEPT
    fresh = DayItem(
        keys.staff_day(company_id, staff_id, day),
        keys.ONLY,
        holdings=holdings,
        version=(int(item.version) if item else 0) + 1,
        expires_at=int(ends.timestamp()),
        written_by=token,
    )
    unchanged = DayItem.version == item.version if item else Item.pk.does_not_exist()
    transaction.save(fresh, condition=unchanged)


def _get(company_id: str, staff_id: str, day: date) -> DayItem | None:
    with answering():
        try:
            return DayItem.get(
                keys.staff_day(company_id, staff_id, day), keys.ONLY, consistent_read=True
            )
        except DayItem.DoesNotExist:
            return None


def _distinct(holdings: Iterable[Holding]) -> list[Holding]:
    return list({(h.slot.staff_id, h.slot.starts_at, h.holder): h for h in holdings}.values())


def _hundreds(wanted: Sequence[tuple[str, str]]) -> Iterable[Sequence[tuple[str, str]]]:
    return (wanted[start : start + 100] for start in range(0, len(wanted), 100))
