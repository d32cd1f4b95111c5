"""The Limits port: sending limits and outside APIs' rates, shared by all functions through the table."""

import random
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeVar

from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition

from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind
from comeback.errors import Conflict
from comeback.reactivation import sending_limits
from comeback.storage import keys
from comeback.storage.items import AccountItem, Item, LimitItem, RateItem
from comeback.storage.store import answering, get

Result = TypeVar("Result")
ATTEMPTS = 15
KEPT = timedelta(days=7)
MINUTE = 60.0


class DynamoLimits:
    """Reservations of a channel's local day are one versioned item: two writers can not both take the last minute."""

    def reserve_minute(
        self, company: Company, channel: ChannelKind, key: str, now: datetime
    ) -> datetime | None:
        on = company.local(now).date()
        account = sending_limits.level(self._account_since(company, channel, now), now)

        def attempt() -> tuple[bool, datetime | None]:
            item = self._day(company, channel, on)
            taken = item.reservations if item else {}
            if key in taken:
                return True, taken[key]
            moment = sending_limits.next_minute(company, account, list(taken.values()), now)
            if moment is None:
                return True, None
            return self._save(company, channel, on, item, {**taken, key: moment}, now), moment

        return _until_won(attempt)

    def remaining_today(self, company: Company, now: datetime) -> int:
        """Over all channels: each has its own account; the owner's daily limit is over them together."""
        on = company.local(now).date()
        left, used = 0, 0
        for channel in company.channels:
            item = self._day(company, channel, on)
            taken = len(item.reservations) if item else 0
            since = get(AccountItem, keys.limit(company.company_id, channel.value), "SINCE")
            born = datetime.fromisoformat(since.since) if since else now
            account = sending_limits.level(born, now)
            left += max(0, sending_limits.per_day(company, account) - taken)
            used += taken
        if company.daily_limit is not None:
            left = min(left, max(0, company.daily_limit - used))
        return left

    def take(self, bucket: str, per_second: int, per_minute: int, now: datetime) -> float:
        """Sliding windows: no second and no minute ever sees more than its limit, wherever it starts."""
        moment = now.timestamp()

        def attempt() -> tuple[bool, float]:
            item = get(RateItem, keys.rate(bucket), keys.ONLY)
            calls = sorted(t for t in (item.calls if item else ()) if t > moment - MINUTE)
            wait = _wait(calls, moment, per_second, per_minute)
            if wait > 0:
                return True, wait
            fresh = RateItem(
                keys.rate(bucket),
                keys.ONLY,
                calls=(*calls, moment),
                version=(int(item.version) if item else 0) + 1,
                expires_at=int(moment + MINUTE * 10),
            )
            unchanged = RateItem.version == item.version if item else Item.pk.does_not_exist()
            return _put(fresh, unchanged), 0.0

        return _until_won(attempt)

    def _account_since(self, company: Company, channel: ChannelKind, now: datetime) -> datetime:
        """The account's first use; the first reservation makes it now."""
        own = keys.limit(company.company_id, channel.value)
        item = get(AccountItem, own, "SINCE")
        if item is None:
            _put(AccountItem(own, "SINCE", since=now.isoformat()), Item.pk.does_not_exist())
            return now
        return datetime.fromisoformat(item.since)

    def _day(self, company: Company, channel: ChannelKind, on: date) -> LimitItem | None:
        own = keys.limit(company.company_id, channel.value)
        return get(LimitItem, own, on.isoformat())

    def _save(
        self,
        company: Company,
        channel: ChannelKind,
        on: date,
        item: LimitItem | None,
        reservations: dict[str, datetime],
        now: datetime,
    ) -> bool:
        fresh = LimitItem(
            keys.limit(company.company_id, channel.value),
            on.isoformat(),
            reservations=reservations,
            version=(int(item.version) if item else 0) + 1,
            expires_at=int((now + KEPT).timestamp()),
        )
        unchanged = LimitItem.version == item.version if item else Item.pk.does_not_exist()
        return _put(fresh, unchanged)


def _wait(calls: list[float], moment: float, per_second: int, per_minute: int) -> float:
    last_second = [t for t in calls if t > moment - 1.0]
    waits = [0.0]
    if len(last_second) >= per_second:
        waits.append(last_second[-per_second] + 1.0 - moment)
    if len(calls) >= per_minute:
        waits.append(calls[-per_minute] + MINUTE - moment)
    return max(waits)


def _put(item: Item, condition: Condition) -> bool:
    """False when somebody else was first. A lost answer of our own write reads as a lost race: the next look finds it."""
    with answering():
        try:
            item.save(condition=condition)
        except PutError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            raise
    return True


def _until_won(attempt: Callable[[], tuple[bool, Result]]) -> Result:
    pause = 0.01
    for _ in range(ATTEMPTS):
        won, result = attempt()
        if won:
            return result
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # jitter, no secret
        pause = min(1.0, pause * 2)
    raise Conflict("others kept taking what was left")
