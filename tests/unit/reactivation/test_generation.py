from dataclasses import replace

import pytest
from comeback.errors import ComebackError, Permanent, RateLimited, Unavailable
from comeback.reactivation.generation import from_template, write

from tests.fakes.language_model import ScriptedModel, problems_told
from tests.unit.reactivation.facts import STAFF, message_facts

FACTS = message_facts()
TRUE = (
    "Здравствуйте, {name}! Ждём: 1. вт, 24 ноября, 11:00 (Ольга)\n2. ср, 25 ноября, 15:30 (Марина)\n"
    "3. сб, 28 ноября, 18:00 (Ольга)\nСкидка 10 %."
)
FALSE = TRUE.replace("11:00", "12:00")


def test_a_true_text_leaves_as_the_model_wrote_it_with_the_name_filled_in() -> None:
    model = ScriptedModel.writing(TRUE)
    written = write(model, FACTS, STAFF["ru"], "Иванова Анна Сергеевна")
    assert written == (TRUE.replace("{name}", "Анна"), "model")
    assert "Анна" not in repr(model.asked)


def test_an_untrue_text_is_repaired_once_with_what_was_wrong() -> None:
    model = ScriptedModel.writing(FALSE, TRUE)
    assert write(model, FACTS, STAFF["ru"], "Анна").source == "repaired"
    first, second = problems_told(model.asked)
    assert first == ()
    assert any("12:00" in problem for problem in second)


def test_who_errs_twice_is_replaced_by_the_template() -> None:
    model = ScriptedModel.writing(FALSE, FALSE, TRUE)
    written = write(model, FACTS, STAFF["ru"], "Анна")
    assert written.source == "template"
    assert written.text == from_template(FACTS).replace("{name}", "Анна")
    assert len(model.asked) == 2


@pytest.mark.parametrize(
    "script",
    [
        (Unavailable("down"),),
        (RateLimited("slow"),),
        (Permanent("blocked"),),
        (FALSE, Unavailable("down")),
    ],
)
def test_a_model_that_fails_costs_no_message(script: tuple[str | ComebackError, ...]) -> None:
    assert write(ScriptedModel.writing(*script), FACTS, STAFF["ru"], "Анна").source == "template"


def test_without_a_model_the_template_speaks() -> None:
    written = write(None, FACTS, STAFF["ru"], "")
    assert written.source == "template"
    assert written.text.startswith("Здравствуйте! Это «Лотос». После визита")


def test_a_template_says_what_it_has_and_nothing_else() -> None:
    alone = replace(message_facts(slots=FACTS.slots[:1], discount_percent=0), attempt=2)
    assert from_template(alone) == (
        "{name}, здравствуйте! Это снова «Лотос». Напоминаем об услуге «Стрижка женская»: вдруг сейчас подходящий "
        "момент.\nМы придержали для вас время: вт, 24 ноября, 11:00.\nВас ждёт Ольга Петрова.\n"
        "Подойдёт? Если нет, напишите, какое время удобнее."
    )
    assert from_template(message_facts("en", tone="casual")) == (
        "Hey {name}! Lotus here 👋 It has been 28 days since your last Haircut. Time for another?\n"
        "Plus a 10% discount for you.\nWe have these openings:\n1. Tue 24 Nov, 11:00 — Olga\n"
        "2. Wed 25 Nov, 15:30 — Marina\n3. Sat 28 Nov, 18:00 — Olga\n"
        "Which one do you want? Or tell us what works better."
    )


def test_a_title_with_its_own_quotes_gets_no_more() -> None:
    facts = replace(FACTS, company_title="Салон «Лотос»")
    assert "Это Салон «Лотос»." in from_template(facts)
