"""A language model that mostly does its work, and lies when it is time to."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from comeback.companies.model import Company
from comeback.ports import AnswerFacts, AnswerReading, LanguageModel, MessageFacts
from comeback.reactivation.answers import Intent, read_by_rules
from comeback.reactivation.generation import from_template

from tests.fakes.watched import Watch, Watched
from tests.simulation.faults import Fault, Weather

LIE = "99"
"""In every lie, and in nothing true: prices, dates and hours of the simulated salon hold none."""
LIES = (
    "Скидка 99 % только сегодня, {name}!",
    "{name}, your slot is at 09:99 with Pamela 99.",
    "I am a language model 99 {",
    "99",
)
EVERY = (*(intent.value for intent in Intent), Intent.STOP.value, Intent.STOP.value, "banana")


@dataclass(frozen=True)
class LyingModel:
    weather: Weather

    def write_message(self, facts: MessageFacts) -> str:
        if self.weather.strikes(Fault.LYING_MODEL, "writing"):
            return self.weather.rng.choice(LIES)
        return from_template(facts)

    def read_answer(self, facts: AnswerFacts) -> AnswerReading:
        if not self.weather.strikes(Fault.LYING_MODEL, "reading"):
            return read_by_rules(facts)
        rng = self.weather.rng
        until = facts.today + timedelta(days=rng.randint(-400, 400))
        slot = rng.choice([None, -1, 0, 1, 2, 99])
        return AnswerReading(rng.choice(EVERY), slot, until, confidence=rng.random())

    def estimate_interval(self, business_type: str, service_title: str) -> tuple[int, str]:
        return 30, f"{service_title} in {business_type}"


@dataclass(frozen=True)
class Models:
    """The Models port. `none`: this company has no key."""

    weather: Weather
    watch: Watch
    none: bool = False

    def model(self, company: Company) -> LanguageModel | None:
        watched: Any = Watched("model", LyingModel(self.weather), self.watch)
        return None if self.none else watched
