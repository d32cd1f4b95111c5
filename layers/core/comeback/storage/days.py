"""Staff's UTC days in the table: read, decide, write back under a version; several days in one transaction.

A slot that crosses midnight UTC (an evening in New York) stands in both days' items, so that neither day can give it away.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from comeback.bookings.model import Slot
from comeback.storage import keys, transaction
from comeback.storage.holdings import Holding, Holdings, utc_days
from comeback.storage.items.base import NEW
from comeback.storage.items.bookings import DayItem
from comeback.storage.races import until_won
from comeback.storage.table import Put, Table, Write

Result = TypeVar("Result")
StaffDay = tuple[str, date]


@dataclass(frozen=True)
class Decision(Generic[Result]):
    """What shall hold these days, what the caller is told, and what else the same transaction writes."""

    after: Holdings
    result: Result
    also: Sequence[Write] = ()


def read(table: Table, company_id: str, staff_days: Iterable[StaffDay]) -> Holdings:
    """What holds these members of staff on these days, each holding once."""
    return _distinct(_stored(table, company_id, staff_days).values())


def change(
    table: Table,
    company_id: str,
    slots: Sequence[Slot],
    decide: Callable[[Holdings], Decision[Result]],
) -> Result:
    """Runs `decide` on what holds the days of `slots` and writes back what it answers, all days or none.

    Raises Conflict when others kept winning, and what `decide` raises.
    """
    days = sorted({(slot.staff_id, day) for slot in slots for day in utc_days(slot)})

    def attempt() -> Result:
        stored = _stored(table, company_id, days)
        decision = decide(_distinct(stored.values()))
        puts = (_changed(company_id, at, stored.get(at), decision.after) for at in days)
        transaction.apply(table, [*(put for put in puts if put), *decision.also])
        return decision.result

    return until_won(attempt)


def _stored(
    table: Table, company_id: str, staff_days: Iterable[StaffDay]
) -> dict[StaffDay, DayItem]:
    wanted = {keys.staff_day(company_id, *at): at for at in staff_days}
    found = table.get_all(wanted)
    return {wanted[key]: item for key, item in found.items() if isinstance(item, DayItem)}


def _distinct(items: Iterable[DayItem]) -> Holdings:
    """What crosses midnight stands in two items."""
    return tuple(dict.fromkeys(h.holding() for item in items for h in item.holdings))


def _changed(
    company_id: str, at: StaffDay, item: DayItem | None, after: Sequence[Holding]
) -> Put | None:
    staff_id, day = at
    own = tuple(h for h in after if h.slot.staff_id == staff_id and day in utc_days(h.slot))
    if own == (_distinct([item]) if item else ()):
        return None
    version = item.version if item else 0
    fresh = DayItem.of(company_id, staff_id, day, own, version + 1)
    return Put(fresh, DayItem.version == version if item else NEW)
