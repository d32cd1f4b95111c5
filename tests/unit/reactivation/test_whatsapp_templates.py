import re

import pytest
from comeback.ports import MessageFacts
from comeback.reactivation import whatsapp_templates
from comeback.reactivation.fact_check import problems
from comeback.reactivation.styles import Style
from comeback.reactivation.whatsapp_templates import TEMPLATES, Definition
from hypothesis import given

from tests.unit.reactivation.facts import STAFF, any_facts, message_facts

JOURNEY = "j" + "a" * 24
DEFINITIONS = list(TEMPLATES.values())


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.language)
def test_definitions_keep_metas_rules(definition: Definition) -> None:
    assert re.fullmatch(r"[a-z0-9_]{1,512}", definition.name)
    assert len(definition.body) <= 1024
    assert len(definition.footer) <= 60
    assert all(len(title) <= 25 for title in definition.buttons)
    assert re.findall(r"{{(\d)}}", definition.body) == ["1", "2", "3", "4"]
    assert not re.match(r"\W*{{", definition.body)
    assert not re.search(r"}}\W*$", definition.body)
    assert len(definition.example) == 4


@given(facts=any_facts())
def test_every_call_is_one_meta_takes_and_true(facts: MessageFacts) -> None:
    call = whatsapp_templates.call(facts, "", JOURNEY)
    assert len(call.variables) == 4
    assert all(v and not re.search(r"[\n\t]| {5,}", v) for v in call.variables)
    assert len(call.payloads) == len(TEMPLATES[Style.REMINDER, call.language].buttons) == 3
    assert all(len(payload.encode()) <= 64 for payload in call.payloads)
    read = whatsapp_templates.reads(call)
    assert len(read) <= 1024
    assert problems(read, facts, (*STAFF["ru"], *STAFF["en"])) == ()


def test_several_slots_are_listed_in_one_line_and_asked_about() -> None:
    call = whatsapp_templates.call(message_facts(), "Анна Петровна", JOURNEY)
    assert call.variables == (
        "Анна",
        "Лотос",
        "Стрижка женская",
        "1) вт, 24 ноября, 11:00 — Ольга Петрова; 2) ср, 25 ноября, 15:30 — Марина; "
        "3) сб, 28 ноября, 18:00 — Ольга Петрова; скидка 10 %",
    )
    assert call.payloads == (f"pick:{JOURNEY}", f"other:{JOURNEY}", f"stop:{JOURNEY}")


def test_the_only_slot_is_booked_by_the_first_button() -> None:
    facts = message_facts("en", slots=message_facts("en").slots[:1], attempt=2)
    call = whatsapp_templates.call(facts, "", JOURNEY)
    assert call.payloads[0] == f"slot:{JOURNEY}:2:1"
    assert whatsapp_templates.reads(call).startswith("Hello, good to have you here! This is Lotus.")


def test_without_slots_or_discount_there_is_still_something_to_say() -> None:
    call = whatsapp_templates.call(message_facts(slots=(), discount_percent=0), "Анна", JOURNEY)
    assert call.variables[3] == "время на ваш выбор"


def test_registration_names_body_footer_and_quick_replies() -> None:
    body = whatsapp_templates.registration(TEMPLATES[Style.REMINDER, "ru"])
    components = body["components"]
    assert isinstance(components, list)
    assert [c["type"] for c in components] == ["BODY", "FOOTER", "BUTTONS"]
    assert [b["text"] for b in components[2]["buttons"]] == [
        "Записаться",
        "Другое время",
        "Не писать",
    ]
