"""The simulated model understands what people answer, on a labelled set."""

from datetime import date
from random import Random
from typing import Any

import pytest
from world.gemini.dates import until
from world.gemini.reading import classify
from world.gemini.spoken import plain
from world.people.phrases import PHRASES

from tests.adapters.world.gemini_client import ANSWER, ANSWER_EN

RU: list[tuple[str, str, dict[str, Any]]] = [
    ("Да, давайте 2", "yes", {"slot": 2}),
    ("да", "yes", {"slot": None}),
    ("Ок, 18:30 подходит 👍", "yes", {"slot": 2}),
    ("Давайте первый вариант", "yes", {"slot": 1}),
    ("ага, 11:00 норм", "yes", {"slot": 1}),
    ("во вторник приду", "yes", {"slot": 1}),
    ("3", "yes", {"slot": 3}),
    ("второй", "yes", {"slot": 2}),
    ("Запишите на 11 утра", "yes", {"slot": 1}),
    ("можно в 11?", "yes", {"slot": 1}),
    ("в субботу удобно", "yes", {"slot": 3}),
    ("давайте к Марии", "yes", {"slot": 3}),
    ("10 декабря буду", "yes", {"slot": 2}),
    ("Завтра в 11 отлично", "yes", {"slot": 1}),
    ("+", "yes", {"slot": None}),
    ("Да, на стрижку в 11:00", "yes", {"slot": 1}),
    ("в 15:00 можно?", "other_time", {"when": "15:00"}),
    ("Да, но в 15:00", "other_time", {}),
    ("А попозже можно?", "other_time", {}),
    ("Мне бы вечером, после 18", "other_time", {}),
    ("в пятницу есть время?", "other_time", {"when": "пятницу"}),
    ("неудобно, есть другое время?", "other_time", {}),
    ("На следующей неделе можно?", "other_time", {}),
    ("А к Ольге можно?", "other_master", {"master": "Ольга Крылова"}),
    ("Хочу к другому мастеру", "other_master", {"master": None}),
    ("Только к Оле пойду)", "other_master", {"master": "Ольга Крылова"}),
    ("к диме хочу", "other_master", {"master": "Дмитрий Власов"}),
    ("Хочу маникюр", "other_service", {"service": "Маникюр с покрытием"}),
    ("А можно вместо этого на массаж спины?", "other_service", {"service": "Массаж спины"}),
    ("Лучше запишите на ноготочки", "other_service", {"service": "Маникюр с покрытием"}),
    ("Я в отпуске до 15 декабря", "away", {"until": "2026-12-15"}),
    ("меня не будет до 5 января, потом напишу", "away", {"until": "2027-01-05"}),
    ("Уехала, вернусь через две недели", "away", {"until": "2026-12-21"}),
    ("болею, напишите на следующей неделе", "away", {"until": "2026-12-14"}),
    ("Я в командировке", "away", {"until": None}),
    ("Я уже записана", "already_booked", {}),
    ("Так я на следующей неделе уже записана к вам", "already_booked", {}),
    ("была у вас вчера", "already_booked", {}),
    ("Стоп", "stop", {}),
    ("Отпишите меня", "stop", {}),
    ("Не пишите мне больше", "stop", {}),
    ("хватит спама", "stop", {}),
    ("удалите мой номер", "stop", {}),
    ("Нет, спасибо", "no", {}),
    ("не сейчас", "no", {}),
    ("никогда", "unclear", {}),
    ("спс, не актуально", "no", {}),
    ("ага, щас", "no", {}),
    ("А сколько стоит?", "question", {}),
    ("У вас парковка есть?", "question", {}),
    ("А скидка точно будет?", "question", {}),
    ("ммм", "unclear", {}),
]
EN: list[tuple[str, str, dict[str, Any]]] = [
    ("Yes, 2 please", "yes", {"slot": 2}),
    ("Sure, 18:30 works 👍", "yes", {"slot": 2}),
    ("The first one please", "yes", {"slot": 1}),
    ("ok book me for 11:00", "yes", {"slot": 1}),
    ("at 6:30 pm? no, Saturday is fine", "other_time", {}),
    ("Saturday works", "yes", {"slot": 3}),
    ("Anything later?", "other_time", {}),
    ("Can I come in the evening, after 6pm?", "other_time", {}),
    ("Can I go to Olga?", "other_master", {"master": "Olga Reed"}),
    ("Can I get manicure instead?", "other_service", {"service": "Manicure"}),
    ("I'm away until December 15", "away", {"until": "2026-12-15"}),
    ("on vacation, back on January 5th", "away", {"until": "2027-01-05"}),
    ("ask me again in two weeks", "away", {"until": "2026-12-21"}),
    ("I'm already booked", "already_booked", {}),
    ("No, thanks", "no", {}),
    ("maybe later", "no", {}),
    ("STOP", "stop", {}),
    ("please stop messaging me", "stop", {}),
    ("How much is it?", "question", {}),
]


@pytest.mark.parametrize(("text", "intent", "more"), RU)
def test_russian(text: str, intent: str, more: dict[str, Any]) -> None:
    _check(classify({**ANSWER, "text": text}, Random(1)), intent, more)


@pytest.mark.parametrize(("text", "intent", "more"), EN)
def test_english(text: str, intent: str, more: dict[str, Any]) -> None:
    _check(classify({**ANSWER_EN, "text": text}, Random(1)), intent, more)


@pytest.mark.parametrize(
    ("text", "slot"),
    [("первый", 4), ("второй", 5), ("последний вариант", 6), ("давайте 5", 5), ("2", None)],
)
def test_a_later_list_goes_on_counting(text: str, slot: int | None) -> None:
    """The second list's numbers begin where the first one's ended; ordinals begin anew."""
    later = [{**offer, "n": offer["n"] + 3} for offer in ANSWER["offered"]]
    assert classify({**ANSWER, "offered": later, "text": text}, Random(1))["slot"] == slot


def _check(found: dict[str, Any], intent: str, more: dict[str, Any]) -> None:
    assert (found["intent"], {name: found[name] for name in more}) == (intent, more)
    assert 0 <= found["confidence"] <= 1


@pytest.mark.parametrize("language", ["ru", "en"])
def test_all_that_simulated_people_say(language: str) -> None:
    base = ANSWER if language == "ru" else ANSWER_EN
    spoken = {
        "n": "2",
        "time": "18:30",
        "service": "маникюр с покрытием" if language == "ru" else "manicure",
        "master": "Ольга Крылова" if language == "ru" else "Olga Reed",
        "date": "15 декабря" if language == "ru" else "December 15",
    }
    wrong = []
    for intent, patterns in PHRASES[language].items():
        for pattern in patterns if intent != "thanks" else ():
            text = pattern.format_map(spoken)
            found = classify({**base, "text": text}, Random(1))
            slot = 2 if "{n}" in pattern or "{time}" in pattern else found["slot"]
            until_day = "2026-12-15" if "{date}" in pattern else found["until"]
            if (found["intent"], found["slot"], found["until"]) != (intent, slot, until_day):
                wrong.append((text, intent, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("до 15.12", "2026-12-15"),
        ("до 3.02.2027", "2027-02-03"),
        ("после 20-го", "2026-12-20"),
        ("15 числа", "2026-12-15"),
        ("до 1 числа", "2027-01-01"),
        ("через месяц", "2027-01-06"),
        ("через пару недель", "2026-12-21"),
        ("через 10 дней", "2026-12-17"),
        ("in a month", "2027-01-06"),
        ("next week", "2026-12-14"),
        ("next month", "2027-01-01"),
        ("до понедельника", "2026-12-14"),
        ("until Friday", "2026-12-11"),
        ("послезавтра", "2026-12-09"),
        ("после нового года", "2027-01-09"),
        ("the 5th of January", "2027-01-05"),
        ("2027-03-01", "2027-03-01"),
        ("до марта", "2027-03-01"),
        ("когда-нибудь", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    found = until(plain(text), date(2026, 12, 7))
    assert (found.isoformat() if found else None) == day
