"""When a member of staff is free. Pure; local times are the company's."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from world.yclients.company import Company
from world.yclients.model import Record, Staff

HORIZON_DAYS = 60
"""How far ahead online booking goes."""


def working_interval(company: Company, staff: Staff, day: date) -> tuple[datetime, datetime] | None:
    hours = staff.hours_on(day)
    if hours is None:
        return None
    start, end = (datetime.combine(day, at, company.zone) for at in hours)
    return start, end


def length_of(company: Company, staff: Staff, service_ids: Iterable[int]) -> int:
    """Seconds that these services take with this member of staff; an hour for none."""
    lengths = [staff.lengths.get(i) or company.services[i].length for i in service_ids]
    return sum(lengths) or 3600


def does(staff: Staff, service_ids: Iterable[int]) -> bool:
    return all(i in staff.lengths for i in service_ids)


def clashing(
    company: Company, staff_id: int, start: datetime, end: datetime, but: int | None = None
) -> Record | None:
    """A live record of this member of staff in the way; `but` is not counted."""
    taken = company.records.taken(staff_id, start, end)
    return next((r for r in taken if r.record_id != but), None)


def is_free(
    company: Company,
    staff: Staff,
    start: datetime,
    length: int,
    now: datetime,
    but: int | None = None,
) -> bool:
    """Whether `length` seconds from `start` are working time, to come, and nobody's."""
    end = start + timedelta(seconds=length)
    working = working_interval(company, staff, company.local(start).date())
    if working is None or start < now or start < working[0] or end > working[1]:
        return False
    return clashing(company, staff.staff_id, start, end, but) is None


def free_times(
    company: Company, staff: Staff, day: date, length: int, now: datetime
) -> Iterator[datetime]:
    """Starts on the staff's grid, local."""
    working = working_interval(company, staff, day)
    if working is None:
        return
    start, end = working
    taken = company.records.taken(staff.staff_id, start, end)
    while start + timedelta(seconds=length) <= end:
        finish = start + timedelta(seconds=length)
        if start >= now and not any(r.starts_at < finish and start < r.ends_at for r in taken):
            yield start
        start += timedelta(seconds=staff.step)


def next_free(
    company: Company, staff: Staff, since: datetime, length: int, now: datetime, days: int = 3
) -> datetime | None:
    """The first free time from `since` on, local; `days` days are looked through."""
    first = company.local(since).date()
    for n in range(days + 1):
        for at in free_times(company, staff, first + timedelta(days=n), length, now):
            if at >= since:
                return at
    return None


def days_ahead(company: Company, now: datetime) -> list[date]:
    today = company.local(now).date()
    return [today + timedelta(days=n) for n in range(HORIZON_DAYS)]
