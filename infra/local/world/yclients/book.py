"""A company's records, found quickly by client and by staff and time: a salon has tens of thousands."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from world.yclients.model import Record

DAY = timedelta(days=1)


class RecordBook:
    """Deleted records stay, and are found by `get` and iteration only."""

    def __init__(self) -> None:
        self._records: dict[int, Record] = {}
        self._by_client: defaultdict[int, dict[int, Record]] = defaultdict(dict)
        self._by_day: defaultdict[tuple[int, date], dict[int, Record]] = defaultdict(dict)

    def __iter__(self) -> Iterator[Record]:
        return iter(list(self._records.values()))

    def __len__(self) -> int:
        return len(self._records)

    def get(self, record_id: int) -> Record | None:
        return self._records.get(record_id)

    def put(self, record: Record) -> None:
        """Also after a change of staff, client or time: call `lift` before the change."""
        self._records[record.record_id] = record
        if record.client_id is not None:
            self._by_client[record.client_id][record.record_id] = record
        self._by_day[_key(record)][record.record_id] = record

    def lift(self, record: Record) -> None:
        """Takes it out of the indexes, not out of the book."""
        if record.client_id is not None:
            self._by_client[record.client_id].pop(record.record_id, None)
        self._by_day[_key(record)].pop(record.record_id, None)

    def of_client(self, client_id: int) -> list[Record]:
        """Live ones, oldest first."""
        found = self._by_client[client_id].values() if client_id in self._by_client else ()
        return sorted((r for r in found if not r.deleted), key=lambda r: r.starts_at)

    def taken(self, staff_id: int, start: datetime, end: datetime) -> list[Record]:
        """Live ones of a member of staff that overlap [start, end). None is longer than a day."""
        found = []
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        day = (start - DAY).date()
        while day <= end.date():
            for r in self._by_day.get((staff_id, day), {}).values():
                if not r.deleted and r.starts_at < end and start < r.ends_at:
                    found.append(r)
            day += DAY
        return found


def _key(record: Record) -> tuple[int, date]:
    return record.staff_id, record.starts_at.astimezone(UTC).date()
