"""What simulated clients say is what the product's rules take it for, without a language model."""

from datetime import date
from random import Random

import pytest
from comeback.ports import AnswerFacts, OfferedSlot
from comeback.reactivation.answers import read_by_rules
from world.people.phrases import PHRASES, phrase, spoken_date

TODAY, BACK = date(2026, 3, 2), date(2026, 3, 15)
OFFERED = {
    "ru": (
        OfferedSlot(1, "вт, 3 марта, 11:00", "Ольга"),
        OfferedSlot(2, "ср, 4 марта, 15:30", "Марина"),
    ),
    "en": (
        OfferedSlot(1, "Tue 3 Mar, 11:00", "Olga"),
        OfferedSlot(2, "Wed 4 Mar, 15:30", "Marina"),
    ),
}
SERVICES = {"ru": ("Стрижка", "Маникюр"), "en": ("Haircut", "Manicure")}
STAFF = {"ru": ("Ольга", "Марина", "Анна"), "en": ("Olga", "Marina", "Anna")}
ALL = [
    (language, intent, pattern)
    for language, intents in PHRASES.items()
    for intent, patterns in intents.items()
    for pattern in patterns
    if intent != "thanks"
]


@pytest.mark.parametrize(("language", "intent", "pattern"), ALL)
def test_every_phrase_is_read_as_meant(language: str, intent: str, pattern: str) -> None:
    service, master = SERVICES[language][1], STAFF[language][2]
    text = pattern.format(
        n="2",
        time="15:30",
        service=service.lower(),
        master=master,
        date=spoken_date(BACK, language),
    )
    facts = AnswerFacts(
        text,
        language,
        OFFERED[language],
        TODAY,
        SERVICES[language],
        STAFF[language],
        SERVICES[language][0],
    )
    read = read_by_rules(facts)
    assert read.intent == intent
    if intent == "yes" and "{" in pattern:
        assert read.slot == 2
    if intent == "away":
        assert read.until == BACK


def test_a_phrase_needs_its_facts() -> None:
    for seed in range(40):
        said = phrase("other_master", "ru", Random(seed), {"master": "", "service": ""})
        assert said in PHRASES["ru"]["other_time"]
        assert "{" not in phrase("yes", "xx", Random(seed), {"n": "1", "time": "11:00"})
