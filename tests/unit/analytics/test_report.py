import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from comeback.analytics.conversions import share
from comeback.analytics.model import (
    AccountLine,
    AccountState,
    Cost,
    Figures,
    Grade,
    LiftFigures,
    LowConversion,
    Report,
    Roi,
    Row,
    Share,
)
from comeback.analytics.report import caption, words
from comeback.conversations.model import ChannelKind
from hypothesis import given, settings
from hypothesis import strategies as st

LIFT = LiftFigures(0.06, 0.02, 0.1, 121, 31, 12, 50, enough=True)
UNSURE = LiftFigures(0.03, -0.01, 0.07, 121, 15, -5, 35, enough=True, more_clients=141)
HARM = LiftFigures(-0.05, -0.08, -0.02, 60, -20, -32, -8, enough=True)


def shown(part: int, of: int) -> Share:
    found = share(part, of)
    assert found is not None
    return found


MONTH = Figures(
    sent=512,
    answered=163,
    booked=82,
    opted_out=4,
    settled=480,
    revenue_minor=12_300_000,
    response=shown(158, 480),
    conversion=shown(77, 480),
    response_hours=1.6,
    conversion_hours=52,
)
REPORT = Report(
    company="Салон «Ромашка»",
    day=date(2026, 11, 20),
    currency="RUB",
    yesterday=Figures(sent=24, answered=7, booked=3, opted_out=1, revenue_minor=450_000),
    month=MONTH,
    cost=Cost(Decimal(8400), Decimal(5000), Decimal(110_000), Decimal(241), Decimal(1505)),
    lift=LIFT,
    roi=Roi(3.4, 1.3, 5.5),
    accounts=(
        AccountLine(ChannelKind.TELEGRAM, 24, 50),
        AccountLine(ChannelKind.WHATSAPP, 0, 20, AccountState.STOPPED),
    ),
    best_weekdays=(Row(1, "", Figures(conversion=shown(40, 160))),),
    best_hours=(Row(18, "", Figures(conversion=shown(40, 160))),),
    warning=LowConversion(Grade.WARN, shown(48, 480), 0.15),
)
EMPTY = Report("Anna", date(2026, 11, 1), "RUB", Figures(), Figures(), Cost())
RUSSIAN = """\
Салон «Ромашка»: отчёт за 20 ноября

⚠️ Мало записей после сообщений: 10 % (скорее всего от 8 до 12 %). Ваш порог 15 %. Это не случайность.

Вчера
Отправлено 24 сообщения
7 ответов
3 записи
На сумму 4 500 ₽
Попросил больше не писать 1 клиент

За 28 дней
Отправлено 512 сообщений
163 ответа
82 записи
На сумму 123 000 ₽
Попросили больше не писать 4 клиента
Записались после сообщения: 16 % (скорее всего от 14 до 18 %)
Ответили на сообщение: 33 % (скорее всего от 30 до 36 %)
Посчитано по 480 сообщениям, от которых записи уже не ждём
Половина ответов приходит за 2 часа
Половина записей приходит за 2 дня

Что изменили сообщения
Из тех, кому писали, вернулся 121 клиент
Из них примерно 90 пришли бы и сами
Благодаря сообщениям вернулся примерно 31 клиент (скорее всего от 12 до 50)

Деньги за 28 дней
Потрачено: 1 234 ₽
Мессенджеры: 1 100 ₽
Составление текстов: 50 ₽
Облако: 84 ₽
Одно сообщение: 2,41 ₽
Одна запись: 15,05 ₽
Каждые потраченные 100 ₽ заработали 340 ₽ (скорее всего от 130 ₽ до 550 ₽)

Когда лучше писать
По вторникам: 25 % (скорее всего от 21 до 30 %)
С 18:00 до 19:00: 25 % (скорее всего от 21 до 30 %)

Сообщений за день из возможных
Telegram: 24 из 50
WhatsApp: 0 из 20, отправка остановлена"""
ENGLISH = """\
Yesterday
24 messages sent
7 answers
3 bookings
Worth RUB 4,500
1 client asked not to be written to"""


def plain(told: str) -> str:
    return told.replace("\N{NO-BREAK SPACE}", " ")


def test_the_russian_report() -> None:
    assert plain(words(REPORT, "ru")) == RUSSIAN


def test_the_english_report() -> None:
    told = plain(words(REPORT, "en"))
    assert ENGLISH in told
    for line in (
        "Booked after a message: 16% (most likely 14 to 18%)",
        "121 clients of those written to came back",
        "About 90 of them would have come anyway",
        "About 31 came because of the messages (most likely 12 to 50)",
        "Half of the answers come within 2 hours",
        "One message: RUB 2.41",
        "Every RUB 100 spent earned RUB 340 (most likely RUB 130 to RUB 550)",
        "On Tuesdays: 25% (most likely 21 to 30%)",
    ):
        assert line in told.splitlines()


VARIATIONS = [
    REPORT,
    EMPTY,
    replace(REPORT, lift=UNSURE, best_weekdays=(), best_hours=()),
    replace(REPORT, lift=HARM, warning=LowConversion(Grade.WATCH, shown(65, 480), 0.15)),
    replace(REPORT, roi=None, accounts=(AccountLine(ChannelKind.MAX, 1, 2, AccountState.SLOWED),)),
    replace(REPORT, accounts=(AccountLine(ChannelKind.VOICE, 1, 2),)),
]


@pytest.mark.parametrize("report", VARIATIONS)
def test_russian_is_russian_throughout(report: Report) -> None:
    told = words(report, "ru") + caption(report, "ru")
    foreign = set(re.findall(r"[A-Za-z]+", told))
    assert foreign <= {"Telegram", "WhatsApp", "MAX", "Anna"}
    assert "{" not in told


@pytest.mark.parametrize("lift", [None, UNSURE, HARM, replace(LIFT, enough=False)])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_return_is_told_while_the_lift_may_be_chance(
    lift: LiftFigures | None, language: str
) -> None:
    told = plain(words(replace(REPORT, lift=lift), language))
    assert not re.search(r"340|заработали|earned", told)
    assert not re.search(r"Благодаря сообщениям вернул|came because of the messages \(", told)


def test_it_is_told_what_is_missing() -> None:
    unsure = plain(words(replace(REPORT, lift=UNSURE), "ru")).splitlines()
    assert "Чтобы узнать, не хватает примерно 141 клиента" in unsure
    assert "Окупаемость посчитаем, когда будет ясно, кто пришёл бы и сам" in unsure
    everybody = words(replace(REPORT, lift=None), "ru").splitlines()
    assert "Пишем всем, поэтому не узнать, кто пришёл бы и сам" in everybody
    harm = words(replace(REPORT, lift=HARM), "ru").splitlines()
    assert "Сообщения не окупились" in harm
    assert any(line.endswith("примерно на 5 (скорее всего от 2 до 8)") for line in harm)
    free = words(replace(REPORT, roi=None), "ru").splitlines()
    assert "Расходов не было, окупаемость считать не от чего" in free


def test_silence_reads_sensibly() -> None:
    told = words(EMPTY, "ru").splitlines()
    assert told.count("Никому не писали") == 2
    assert "Пока рано судить, сколько сообщений приводит к записи" in told
    assert caption(EMPTY, "ru").startswith("Anna: отчёт за 1 ноября\n\nВчера\nНикому не писали")


@pytest.mark.parametrize(
    ("minor", "told"),
    [("0.02", "меньше 0,01 ₽"), ("5", "0,05 ₽"), ("9950", "99,50 ₽"), ("123456", "1 235 ₽")],
)
def test_small_money_is_not_nothing(minor: str, told: str) -> None:
    report = replace(REPORT, cost=Cost(messages_minor=Decimal(minor)))
    assert f"Потрачено: {told}" in plain(words(report, "ru")).splitlines()


def test_a_currency_without_cents() -> None:
    told = plain(words(replace(REPORT, currency="JPY", cost=Cost(Decimal(1234))), "en"))
    assert "Spent: ¥1,234" in told
    assert "Every ¥100 spent earned ¥340 (most likely ¥130 to ¥550)" in told


def test_the_caption_is_the_essence() -> None:
    told = plain(caption(REPORT, "ru"))
    assert "Это не случайность" in told
    assert "Благодаря сообщениям вернулся примерно 31 клиент" in told
    assert "Потрачено" not in told


@pytest.mark.parametrize("language", ["ru", "en"])
@given(st.text(max_size=5000), st.integers(1, 10**12), st.integers(0, 200))
@settings(max_examples=40)
def test_telegram_takes_it(language: str, company: str, n: int, lines: int) -> None:
    """Telegram counts UTF-16 code units."""
    huge = replace(MONTH, sent=n, answered=n, booked=n, opted_out=n, settled=n, revenue_minor=n * n)
    accounts = REPORT.accounts * lines
    report = replace(REPORT, company=company, yesterday=huge, month=huge, accounts=accounts)
    for told, limit in ((words(report, language), 4096), (caption(report, language), 1024)):
        assert len(told.encode("utf-16-le")) // 2 <= limit
        assert ("Вчера" if language == "ru" else "Yesterday") in told
