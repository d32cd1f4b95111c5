"""Language models whose answers are set beforehand, and bad ones."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from comeback.errors import ComebackError
from comeback.ports import AnswerFacts, AnswerReading, MessageFacts
from comeback.reactivation.intents import Intent

Answer = TypeVar("Answer", str, AnswerReading)


@dataclass
class ScriptedModel:
    """`texts` and `readings` are given out in order; an error among them is raised. What was asked is kept."""

    texts: list[str | ComebackError] = field(default_factory=list)
    readings: list[AnswerReading | ComebackError] = field(default_factory=list)
    asked: list[MessageFacts | AnswerFacts] = field(default_factory=list)

    @classmethod
    def writing(cls, *texts: str | ComebackError) -> "ScriptedModel":
        return cls(texts=list(texts))

    @classmethod
    def reading(cls, *readings: AnswerReading | ComebackError) -> "ScriptedModel":
        return cls(readings=list(readings))

    def write_message(self, facts: MessageFacts) -> str:
        self.asked.append(facts)
        return _given(self.texts.pop(0))

    def read_answer(self, facts: AnswerFacts) -> AnswerReading:
        self.asked.append(facts)
        return _given(self.readings.pop(0))

    def estimate_interval(self, business_type: str, service_title: str) -> tuple[int, str]:
        return 30, f"{service_title} in {business_type}"


def _given(answer: Answer | ComebackError) -> Answer:
    if isinstance(answer, ComebackError):
        raise answer
    return answer


def problems_told(asked: Iterable[MessageFacts | AnswerFacts]) -> list[tuple[str, ...]]:
    return [facts.problems for facts in asked if isinstance(facts, MessageFacts)]


@dataclass(frozen=True)
class SureModel:
    """Has one way of reading answers, and no doubt."""

    choose: Callable[[AnswerFacts], str]

    def write_message(self, facts: MessageFacts) -> str:
        return facts.service_title

    def read_answer(self, facts: AnswerFacts) -> AnswerReading:
        return AnswerReading(self.choose(facts), confidence=1.0)

    def estimate_interval(self, business_type: str, service_title: str) -> tuple[int, str]:
        return 30, f"{service_title} in {business_type}"


def constant(intent: str) -> SureModel:
    return SureModel(lambda _: intent)


def erring(seed: int) -> SureModel:
    """Reads at random, the same answer always the same way."""
    every = [intent.value for intent in Intent]
    return SureModel(lambda facts: Random(f"{seed}{facts.text}").choice(every))
