"""Facts as JSON for the model, and its answers decoded."""

from datetime import date
from typing import TypeVar

import msgspec

from comeback.decoding import decoded
from comeback.errors import Permanent
from comeback.ports import AnswerFacts, MessageFacts

Wire = TypeVar("Wire", bound="Answer")


class Answer(msgspec.Struct, frozen=True):
    """What the model may answer."""


class WrittenText(Answer, frozen=True):
    text: str


class ReadAnswer(Answer, frozen=True):
    intent: str
    confidence: float
    slot: int | None = None
    until: str | None = None
    service: str | None = None
    master: str | None = None
    when: str | None = None

    @property
    def until_date(self) -> date | None:
        """None as well for what is no date."""
        try:
            return date.fromisoformat(self.until) if self.until else None
        except ValueError:
            return None


class EstimatedInterval(Answer, frozen=True):
    days: int
    reason: str


def message_facts(facts: MessageFacts) -> str:
    return _json(
        {
            "language": facts.language,
            "tone": facts.tone,
            "company": facts.company_title,
            "service": facts.service_title,
            "also_due": facts.also_due,
            "days_since_visit": facts.days_since_visit,
            "staff": facts.staff_name,
            "slots": facts.slots,
            "discount_percent": facts.discount_percent,
            "attempt": facts.attempt,
            "problems": facts.problems,
        }
    )


def answer_facts(facts: AnswerFacts) -> str:
    return _json(
        {
            "text": facts.text,
            "language": facts.language,
            "today": facts.today,
            "offered": facts.newest,
            "offered_before": facts.before,
            "service": facts.service or None,
            "services": facts.services,
            "staff": facts.staff,
        }
    )


def interval_facts(business_type: str, service_title: str, language: str) -> str:
    return _json({"business_type": business_type, "service": service_title, "language": language})


def decode(text: str | None, kind: type[Wire]) -> Wire:
    """Raises Permanent on an empty, blocked or cut answer, and on JSON of another shape."""
    if not text:
        raise Permanent("the model answered nothing (blocked or empty)")
    try:
        return decoded(text, kind)
    except msgspec.DecodeError as error:
        raise Permanent(f"the model's answer is not {kind.__name__}: {error}") from error


def _json(facts: object) -> str:
    return msgspec.json.encode(facts).decode()
