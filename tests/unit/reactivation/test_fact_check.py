import re
from dataclasses import replace

import pytest
from comeback.ports import MessageFacts
from comeback.reactivation.calendar_words import plain
from comeback.reactivation.fact_check import LIMIT, problems
from comeback.reactivation.generation import from_template
from comeback.reactivation.mentions import moment_of
from comeback.reactivation.slot_check import slot_problems
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.unit.reactivation.facts import STAFF, any_facts, message_facts

EVERYBODY = (*STAFF["ru"], *STAFF["en"])
GOOD = (
    "Здравствуйте, {name}! Прошло 28 дней. Ждём на стрижку: вт 24 ноября в 11:00 (Ольга), в среду в 15:30 к Марине "
    "или в сб 28.11 в 6 вечера. Скидка 10%."
)


def test_a_true_text_passes_however_it_words_its_times() -> None:
    assert problems(GOOD, message_facts(), EVERYBODY) == ()


def test_a_true_english_text_passes() -> None:
    text = "Hi {name}! It has been 4 weeks. Tuesday 24 November at 11am, Wed 25 Nov at 3:30 pm or Sat at 18:00? 10% off."
    assert problems(text, message_facts("en"), EVERYBODY) == ()


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("11:00", "12:00", "12:00"),
        ("11:00", "11.30", "11.30"),
        ("11:00", "11-30", "11-30"),
        ("11:00", "12 часов", "12 часов"),
        ("11:00", "двенадцать", "12"),
        ("6 вечера", "7 вечера", "7 вечера"),
        ("6 вечера", "6 утра", "6 утра"),
        ("15:30", "18:00", "18:00"),
        ("24 ноября", "26 ноября", "26 ноября"),
        ("28.11", "29.11", "29.11"),
        ("в среду", "в четверг", "четверг"),
        ("в среду", "во вторник", "вторник"),
        ("Скидка 10%", "Скидка 15%", "15%"),
        ("Скидка 10%", "Скидка пятнадцать процентов", "15%"),
        ("Скидка 10%", "Скидка до 10%", "exactly 10%"),
        ("Скидка 10%", "", "10% is not mentioned"),
        ("Скидка 10%", "Скидка 10% — это 500 рублей", "рублей"),
        ("Скидка 10%", "Скидка 10%, а вдвоём 25%", "25%"),
        ("Ольга", "Анна", "Анна Котова"),
        ("к Марине", "к Виктору", "Виктор"),
        ("к Марине", "к Ольге", "Ольга Петрова"),
        ("Ольга", "Вероника", "Вероника"),
        ("28 дней", "30 дней", "30 дней"),
        ("28 дней", "3 месяца", "3 месяца"),
        ("Прошло 28 дней", "Год с прошлого визита", "год"),
        ("Скидка 10%.", "Скидка 10%. Кофе бесплатно!", "бесплатно"),
        ("Скидка 10%.", "Скидка 10% и подарок.", "подарок"),
        ("Скидка 10%.", "Скидка 10%. Завтра тоже можно.", "завтра"),
        ("Скидка 10%.", "Скидка 10%. Можно и утром в воскресенье.", "воскресенье"),
        ("Скидка 10%.", "Скидка 10%. Звоните +7 916 123-45-67", "916"),
        ("Скидка 10%.", "Скидка 10%. Пишите на a@b.ru", "@"),
        ("Скидка 10%.", "Скидка 10%. Сайт lotos.ru", "lotos.ru"),
        ("Скидка 10%.", "Скидка 10%. Ждём на Ленина 5", "5"),
        ("{name}", "{client}", "{"),
        ("{name}", "[Имя]", "["),
        ("{name}", "дорогая Инна", "Инна"),
        ("{name}", "{name}, {name}, {name}", "more than"),
        ("Скидка 10%.", "**Скидка 10%.**", "**"),
    ],
)
def test_an_untrue_word_is_caught_and_named(was: str, becomes: str, said: str) -> None:
    text = GOOD.replace(was, becomes, 1)
    found = problems(text, message_facts(), EVERYBODY)
    assert any(said in problem for problem in found), found


def test_without_a_discount_none_may_be_spoken_of() -> None:
    facts = message_facts(discount_percent=0)
    assert "10% is not granted; there is no discount" in problems(GOOD, facts, EVERYBODY)
    assert problems(GOOD.replace("Скидка 10%", "Приятная скидка"), facts, EVERYBODY)
    assert problems(GOOD.replace("Скидка 10%.", ""), facts, EVERYBODY) == ()


def test_every_slot_must_be_named() -> None:
    text = GOOD.replace(" или в сб 28.11 в 6 вечера", "")
    found = problems(text, message_facts(), EVERYBODY)
    assert found == ("slot 3 is missing: сб, 28 ноября, 18:00",)


def test_numbers_stand_before_their_own_slots() -> None:
    facts = message_facts("en")
    lines = [f"{slot.n}. {slot.text} — {slot.staff}" for slot in facts.slots]
    assert list(slot_problems(plain("\n".join(lines)), facts.slots)) == []
    swapped = [lines[0].replace("1.", "2."), lines[1].replace("2.", "1."), lines[2]]
    found = list(slot_problems(plain("\n".join(swapped)), facts.slots))
    assert [problem.split(" stands")[0] for problem in found] == ["number 2", "number 1"]


def test_free_time_is_no_promise_but_a_free_haircut_is() -> None:
    facts = replace(message_facts("en", slots=()), discount_percent=0)
    assert problems("Hi {name}, we have free slots, feel free to write!", facts) == ()
    assert problems("Hi {name}, come for a free coffee!", facts)
    assert not problems("A free haircut, 100% off!", replace(facts, discount_percent=100))


def test_the_language_must_match() -> None:
    russian = "Здравствуйте, {name}! Напишите, когда вам удобно. Скидка 10 %."
    assert problems(russian, message_facts("en", slots=())) == ("the text must be in English",)


def test_a_text_is_neither_empty_nor_long() -> None:
    facts = message_facts(slots=(), discount_percent=0)
    assert problems(" ", facts) == ("the text is empty",)
    assert problems("а" * (LIMIT + 1), facts)[0].startswith("the text has 701 characters")


def test_titles_may_hold_what_texts_may_not() -> None:
    facts = replace(
        message_facts(slots=()), company_title="Бар 11:00", service_title="Уход free.ru"
    )
    assert problems("{name}, это «Бар 11:00»: Уход free.ru, скидка 10 %.", facts) == ()
    assert problems("{name}, это «Бар 11:00»: ждём в 11:00, скидка 10 %.", facts)


# ── properties: what we write passes, whatever the facts; one wrong fact never does ──────────────────


@given(facts=any_facts())
def test_templates_always_pass(facts: MessageFacts) -> None:
    assert problems(from_template(facts), facts, EVERYBODY) == ()


@given(facts=any_facts(), minutes=st.integers(1, 1439))
def test_a_moved_time_is_always_caught(facts: MessageFacts, minutes: int) -> None:
    assume(facts.slots)
    text = from_template(facts)
    said = re.search(r"\d\d:\d\d", facts.slots[-1].text)
    assert said
    hours, minute = map(int, said[0].split(":"))
    moved = (hours * 60 + minute + minutes) % 1440
    wrong = facts.slots[-1].text.replace(said[0], f"{moved // 60:02}:{moved % 60:02}")
    before, _, after = text.rpartition(facts.slots[-1].text)
    assert problems(f"{before}{wrong}{after}", facts, EVERYBODY)


@given(facts=any_facts(), day=st.integers(1, 28))
def test_a_moved_day_is_always_caught(facts: MessageFacts, day: int) -> None:
    assume(facts.slots)
    slot = facts.slots[0]
    moment = moment_of(plain(slot.text))
    assert moment
    assume(moment.day != day)
    wrong = re.sub(rf"\b{moment.day}\b(?!:)", str(day), slot.text, count=1)
    assert problems(from_template(facts).replace(slot.text, wrong, 1), facts, EVERYBODY)


@given(facts=any_facts(), percent=st.integers(1, 99))
def test_another_percent_is_always_caught(facts: MessageFacts, percent: int) -> None:
    assume(percent != facts.discount_percent)
    assert problems(f"{from_template(facts)} {percent} %", facts, EVERYBODY)


@given(facts=any_facts(), stranger=st.sampled_from(("Анна", "Виктор", "Anna", "Victor")))
def test_a_colleague_who_is_not_offered_is_always_caught(
    facts: MessageFacts, stranger: str
) -> None:
    allowed = {facts.staff_name, *(slot.staff for slot in facts.slots)}
    assume(not any(stranger in (name or "") for name in allowed))
    assert problems(f"{from_template(facts)} {stranger}.", facts, EVERYBODY)


@given(facts=any_facts(), amount=st.integers(32, 10**6))
def test_an_amount_of_money_is_always_caught(facts: MessageFacts, amount: int) -> None:
    assert problems(f"{from_template(facts)} {amount} ₽", facts, EVERYBODY)
