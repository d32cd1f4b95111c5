"""Free times of the built-in book, also on the days the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from comeback.bookings.calendar import free_slots, shift, utc_days
from comeback.bookings.model import Slot
from comeback.companies.model import Hours
from hypothesis import given
from hypothesis import strategies as st

ZONES = ("Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")  # fmt: skip
DAY = Hours(time(10), time(20))


def week(hours: Hours) -> dict[int, Hours]:
    return dict.fromkeys(range(7), hours)


def starts(slots: list[Slot], zone: ZoneInfo) -> list[str]:
    return [f"{s.starts_at.astimezone(zone):%d %H:%M}" for s in slots]


def test_a_day_is_cut_into_steps_that_end_by_closing() -> None:
    zone = ZoneInfo("Europe/Moscow")
    since = datetime(2026, 3, 2, 12, tzinfo=zone)
    found = free_slots("s", "m", 90, week(Hours(time(10), time(15))), zone, (), since, 1)
    assert starts(found, zone) == ["02 12:00", "02 12:30", "02 13:00", "02 13:30"]


def test_what_is_busy_is_not_offered() -> None:
    zone = ZoneInfo("Europe/Moscow")
    since = datetime(2026, 3, 2, 10, tzinfo=zone)
    busy = Slot("x", "m", datetime(2026, 3, 2, 11, tzinfo=zone).astimezone(UTC), 60)
    others = Slot("x", "n", busy.starts_at, 600)
    hours = week(Hours(time(10), time(14)))
    found = free_slots("s", "m", 60, hours, zone, (busy, others), since, 1)
    assert starts(found, zone) == ["02 10:00", "02 12:00", "02 12:30", "02 13:00"]


def test_a_day_off_has_nothing() -> None:
    zone = ZoneInfo("Europe/Moscow")
    since = datetime(2026, 3, 1, tzinfo=zone)
    found = free_slots("s", "m", 60, {0: DAY}, zone, (), since, 7)
    assert {s.starts_at.astimezone(zone).date() for s in found} == {date(2026, 3, 2)}


def test_a_night_shift_goes_on_past_midnight() -> None:
    zone = ZoneInfo("Europe/Moscow")
    since = datetime(2026, 3, 2, 0, 30, tzinfo=zone)
    hours = {6: Hours(time(22), time(2)), 0: Hours(time(22), time(0))}
    found = free_slots("s", "m", 60, hours, zone, (), since, 1)
    assert starts(found, zone) == ["02 00:30", "02 01:00", "02 22:00", "02 22:30", "02 23:00"]


def test_the_hour_that_does_not_exist_is_never_offered() -> None:
    zone = ZoneInfo("Europe/Berlin")
    since = datetime(2026, 3, 29, 0, 0, tzinfo=zone)
    found = free_slots("s", "m", 30, week(Hours(time(1), time(4))), zone, (), since, 1)
    assert starts(found, zone) == ["29 01:00", "29 01:30", "29 03:00", "29 03:30"]


def test_the_hour_that_comes_twice_is_worked_twice() -> None:
    zone = ZoneInfo("Europe/Berlin")
    opens, closes = shift(date(2026, 10, 25), Hours(time(1), time(4)), zone)
    assert closes - opens == timedelta(hours=4)


@st.composite
def books(draw: st.DrawFn) -> tuple[ZoneInfo, datetime, Hours, int, int, list[Slot], timedelta]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    around = draw(
        st.sampled_from(
            [datetime(2026, m, d, tzinfo=UTC) for m, d in ((3, 7), (3, 28), (4, 4), (10, 3), (10, 24), (10, 31))]
        )
    )  # fmt: skip
    since = around + timedelta(minutes=draw(st.integers(0, 60 * 48)))
    opens = time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 15, 30])))
    closes = time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 15, 30])))
    minutes = draw(st.sampled_from([15, 30, 45, 60, 90, 240]))
    days = draw(st.integers(1, 4))
    busy = [
        Slot("x", "m", since + timedelta(minutes=draw(st.integers(-300, 6000))), length)
        for length in draw(st.lists(st.sampled_from([15, 60, 200]), max_size=6))
    ]
    step = timedelta(minutes=draw(st.sampled_from([15, 30])))
    return zone, since, Hours(opens, closes), minutes, days, busy, step


@given(books())
def test_every_slot_is_real_free_in_hours_and_none_is_missed(
    book: tuple[ZoneInfo, datetime, Hours, int, int, list[Slot], timedelta],
) -> None:
    zone, since, hours, minutes, days, busy, step = book
    found = free_slots("s", "m", minutes, week(hours), zone, busy, since, days, step)
    length = timedelta(minutes=minutes)
    first = since.astimezone(zone).date()
    shifts = [shift(first + timedelta(days=n), hours, zone) for n in range(-1, days + 1)]

    for slot in found:
        local = slot.starts_at.astimezone(zone)
        assert local.astimezone(UTC) == slot.starts_at
        assert slot.starts_at >= since
        assert first <= local.date() < first + timedelta(days=days)
        assert not any(slot.overlaps(b) for b in busy)
        assert any(o <= slot.starts_at and slot.ends_at <= c for o, c in shifts)
        assert {slot.starts_at.date(), slot.ends_at.date()} <= set(utc_days(since, days))

    offered = {slot.starts_at for slot in found}
    for opens, closes in shifts:
        start = opens
        while start + length <= closes:
            slot = Slot("s", "m", start, minutes)
            local_day = start.astimezone(zone).date()
            inside = start >= since and first <= local_day < first + timedelta(days=days)
            if inside and not any(slot.overlaps(b) for b in busy):
                assert start in offered
            start += step
