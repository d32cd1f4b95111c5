"""Attempts to count: made by hand, or any that can happen."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from comeback.analytics.model import AttemptFact
from comeback.conversations.model import ChannelKind
from hypothesis import strategies as st

MOSCOW = ZoneInfo("Europe/Moscow")
TUESDAY = datetime(2026, 10, 20, 11, 0, tzinfo=MOSCOW)
WEEK = timedelta(days=7)


def attempt(
    *,
    sent_at: datetime = TUESDAY,
    answered: float | None = None,
    booked: float | None = None,
    settled: bool = True,
    service_id: str = "cut",
    service: str = "Стрижка",
    number: int = 1,
    channel: ChannelKind = ChannelKind.TELEGRAM,
    variant: str = "",
    revenue_minor: int = 0,
    delivered: bool = False,
    read: bool = False,
    opted_out: bool = False,
) -> AttemptFact:
    """`answered`, `booked`: hours after sending."""
    return AttemptFact(
        service_id=service_id,
        service=service,
        attempt=number,
        channel=channel,
        sent_at=sent_at,
        variant=variant,
        delivered=delivered,
        read=read,
        answered_at=later(sent_at, answered),
        booked_at=later(sent_at, booked),
        opted_out=opted_out,
        revenue_minor=revenue_minor,
        settled_at=sent_at + WEEK if settled else None,
    )


def later(moment: datetime, hours: float | None) -> datetime | None:
    if hours is None:
        return None
    return (moment.astimezone(UTC) + timedelta(hours=hours)).astimezone(moment.tzinfo)


def many(n: int, booked: int) -> list[AttemptFact]:
    """`n` settled attempts, `booked` of them answered after 1 h and booked after 2."""
    return [attempt(answered=1, booked=2)] * booked + [attempt()] * (n - booked)


hours = st.none() | st.floats(0, 167)
attempts = st.lists(
    st.builds(
        attempt,
        sent_at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(  # noqa: DTZ001
            lambda t: t.replace(tzinfo=UTC).astimezone(MOSCOW)
        ),
        answered=hours,
        booked=hours,
        settled=st.booleans(),
        service_id=st.sampled_from(["cut", "colour", "nails"]),
        number=st.integers(1, 3),
        channel=st.sampled_from(ChannelKind),
        variant=st.sampled_from(["", "warm", "short"]),
        revenue_minor=st.integers(0, 1_000_000),
        delivered=st.booleans(),
        read=st.booleans(),
        opted_out=st.booleans(),
    ),
    max_size=30,
)
