from datetime import date

import pytest
from comeback.reactivation.absence import until
from comeback.reactivation.answer_words import simple

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("до 15 декабря", date(2026, 12, 15)),
        ("до 15.12", date(2026, 12, 15)),
        ("до двадцатого декабря", date(2026, 12, 20)),
        ("до 5-го", date(2026, 12, 5)),
        ("до понедельника", date(2026, 11, 23)),
        ("до пятницы", date(2026, 11, 27)),
        ("с 1 по 10 января", date(2027, 1, 10)),
        ("через две недели", date(2026, 12, 4)),
        ("через неделю", date(2026, 11, 27)),
        ("через 10 дней", date(2026, 11, 30)),
        ("через месяц", date(2026, 12, 20)),
        ("через полгода", date(2027, 5, 20)),
        ("через год", date(2027, 11, 20)),
        ("в январе", date(2027, 1, 1)),
        ("до весны", date(2027, 3, 1)),
        ("после нового года", date(2027, 1, 1)),
        ("на следующей неделе", date(2026, 11, 23)),
        ("до конца месяца", date(2026, 12, 1)),
        ("until Dec 5", date(2026, 12, 5)),
        ("until 5 December", date(2026, 12, 5)),
        ("back on the 12th", date(2026, 12, 12)),
        ("back next week", date(2026, 11, 23)),
        ("for 10 days", date(2026, 11, 30)),
        ("in a couple of weeks", date(2026, 12, 4)),
        ("in a month", date(2026, 12, 20)),
        ("till spring", date(2027, 3, 1)),
        ("когда-нибудь", None),
    ],
)
def test_the_day_to_write_again(text: str, back: date | None) -> None:
    assert until(simple(text), FRIDAY) == back


def test_a_month_on_from_the_31st_is_the_months_last_day() -> None:
    assert until("через месяц", date(2027, 1, 31)) == date(2027, 2, 28)
