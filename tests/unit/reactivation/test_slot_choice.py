"""Which slot words mean once several lists were shown, the numbers running on from one to the next."""

from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.ai import wire
from comeback.bookings.model import Slot
from comeback.ports import AnswerFacts, AnswerReading, OfferedSlot
from comeback.reactivation.answers import Intent, read_by_rules, reading
from comeback.reactivation.model import Attempt, Journey
from comeback.reactivation.pressed import PressedSlot, pressed_button
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from tests.fakes.language_model import ScriptedModel
from tests.unit.reactivation.facts import FRIDAY, OFFERED, YEAR_START, answer_facts

OLD = OFFERED["ru"]
"""1: вт, 24 ноября, 11:00, Ольга; 2: ср, 25 ноября, 15:30, Марина; 3: сб, 28 ноября, 18:00, Ольга."""
NEW = (
    OfferedSlot(4, "вт, 24 ноября, 12:00", "Марина"),
    OfferedSlot(5, "чт, 26 ноября, 15:30", "Марина"),
    OfferedSlot(6, "пт, 27 ноября, 18:00", "Марина"),
)


def facts(text: str, new: tuple[OfferedSlot, ...] = NEW) -> AnswerFacts:
    return replace(answer_facts(text), offered=(*OLD, *new), offered_last=len(new))


def numbered(before: int, newest: int) -> AnswerFacts:
    """Slots at half past ten, none of them like another."""
    slots = (
        OfferedSlot(n, f"пн, {n % 28 + 1} {'января' if n < 29 else 'марта'}, 10:30", "Ольга")
        for n in range(1, before + newest + 1)
    )
    return AnswerFacts("", "ru", tuple(slots), FRIDAY, offered_last=newest)


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("первый", 4),
        ("давайте второе", 5),
        ("the third one", 6),
        ("последний вариант", 6),
        ("любое", 4),
        ("без разницы, any time", 4),
        ("4", 4),
        ("вариант 5", 5),
        ("номер 6", 6),
        ("номер 2", 2),
        ("№1", 1),
        ("во вторник", 4),
        ("в 15:30", 5),
        ("в среду", 2),
        ("в среду в 15:30", 2),
        ("в 11:00", 1),
        ("во вторник к Ольге", 1),
        ("в 18:00 к Ольге", 3),
        ("28 ноября", 3),
    ],
)
def test_the_newest_list_is_meant_unless_an_older_slot_is_named(text: str, slot: int) -> None:
    found = read_by_rules(facts(text))
    assert (found.intent, found.slot, found.open) == (Intent.YES, slot, False)


@pytest.mark.parametrize("text", ["1", "2", "давайте 3", "вариант 1", "2-й вариант", "к Марине"])
def test_what_may_be_either_is_left_open(text: str) -> None:
    found = read_by_rules(facts(text))
    assert (found.intent, found.slot, found.open) == (Intent.YES, None, True)


def test_a_number_shown_in_the_newest_list_is_no_place_in_it() -> None:
    new = tuple(replace(slot, n=slot.n - 2) for slot in NEW)
    shown = replace(facts("2"), offered=(OLD[0], *new))
    assert read_by_rules(shown).slot == 2
    assert read_by_rules(replace(shown, text="первый")).slot == 2
    assert read_by_rules(replace(shown, text="второй")).open


def test_a_lone_number_from_ten_on_may_be_an_hour() -> None:
    shown = numbered(9, 3)
    assert read_by_rules(replace(shown, text="12")).slot == 12
    assert read_by_rules(replace(shown, text="10")).slot is None
    assert read_by_rules(replace(shown, text="номер 10")).slot == 10


def test_a_master_offered_before_is_asked_for_anew() -> None:
    found = read_by_rules(facts("лучше всё-таки к Ольге"))
    assert (found.intent, found.master) == (Intent.OTHER_MASTER, "Ольга Петрова")


@given(before=st.integers(0, 12), newest=st.integers(1, 3), d=st.integers(1, 3))
def test_a_place_is_one_of_the_newest_list_or_a_question(before: int, newest: int, d: int) -> None:
    word = {1: "первый", 2: "второй", 3: "третий"}[d]
    found = read_by_rules(replace(numbered(before, newest), text=word))
    assert found.slot in (None, before + d, d)
    assert found.slot is None or before < found.slot <= before + newest
    assert found.open is (found.slot is None and d <= before + newest)


@given(before=st.integers(0, 12), newest=st.integers(1, 3), n=st.integers(1, 15))
def test_a_number_is_the_slot_that_showed_it_or_a_question(
    before: int, newest: int, n: int
) -> None:
    shown = numbered(before, newest)
    lone = read_by_rules(replace(shown, text=str(n)))
    assert lone.slot in (None, n)
    explicit = read_by_rules(replace(shown, text=f"номер {n}"))
    assert explicit.slot == (n if n <= before + newest else None)


# ── together with a model ────────────────────────────────────────────────────────────────────────────

VAGUE = "ну раз вы так зовёте, то уговорили"


def test_a_model_can_not_book_what_was_refused_before() -> None:
    model = ScriptedModel.reading(AnswerReading("yes", slot=1, confidence=1.0))
    found = reading(model, facts(VAGUE))
    assert (found.intent, found.slot, found.open) == (Intent.YES, None, True)


def test_a_model_may_book_an_older_slot_that_was_named() -> None:
    text = "Отлично, всей семьёй ждали, я смогу прийти в среду в 15:30 с дочкой"
    model = ScriptedModel.reading(AnswerReading("yes", slot=2, confidence=1.0))
    assert reading(model, facts(text)).slot == 2


def test_a_models_bare_yes_is_one() -> None:
    model = ScriptedModel.reading(AnswerReading("yes", confidence=1.0))
    assert not reading(model, facts(VAGUE, NEW[:1])).open


@pytest.mark.parametrize("text", ["1", "первый", "номер 2"])
def test_a_count_is_not_asked_of_the_model(text: str) -> None:
    model = ScriptedModel.reading()
    assert reading(model, facts(text)) == read_by_rules(facts(text))


def test_the_model_is_told_which_list_was_shown_last() -> None:
    told = json.decode(wire.answer_facts(facts("ну хорошо")))
    assert [slot["n"] for slot in told["offered"]] == [4, 5, 6]
    assert [slot["n"] for slot in told["offered_before"]] == [1, 2, 3]
    first = json.decode(wire.answer_facts(answer_facts("ну хорошо")))
    assert (len(first["offered"]), first["offered_before"]) == (3, [])


# ── by a button ──────────────────────────────────────────────────────────────────────────────────────


def slots(*hours: int) -> tuple[Slot, ...]:
    return tuple(Slot("cut", "olga", YEAR_START + timedelta(hours=h), 60) for h in hours)


JOURNEY = Journey(
    "salon",
    "anna",
    "cut",
    "j1",
    FRIDAY,
    YEAR_START,
    earlier=(Attempt(1, slots=slots(1, 2)), Attempt(1, slots=slots(3), again=1)),
    attempt=Attempt(2, slots=slots(5, 6)),
)


@pytest.mark.parametrize(
    ("button", "hour"),
    [
        ("slot:j1:1:1", 3),
        ("slot:j1:1:2", 2),
        ("slot:j1:2:1", 5),
        ("slot:j1:2:3", None),
        ("slot:j1:3:1", None),
        ("slot:j1:2:0", None),
        ("slot:j2:2:1", None),
    ],
)
def test_a_button_means_the_slot_of_its_own_attempt(button: str, hour: int | None) -> None:
    pressed = PressedSlot.of(button)
    assert pressed is not None
    assert pressed.slot(JOURNEY) == (slots(hour)[0] if hour else None)


@pytest.mark.parametrize(
    "button", ["", "slot:j1:1", "slot:j1:x:1", "slot:j1:1:٣", "slot:j1:1:1000"]
)
def test_a_button_that_is_none_of_ours_is_not_read(button: str) -> None:
    assert pressed_button(button) is None


def test_the_newest_list_keeps_the_numbers_that_were_shown() -> None:
    attempt = Attempt(1, slots=slots(1, 2, 3, 4, 5), offered_last=2)
    assert [n for n, _ in attempt.newest] == [4, 5]
    assert [n for n, _ in replace(attempt, offered_last=0).newest] == [1, 2, 3, 4, 5]
