"""What stands around a salon in memory, beside tests/fakes: it answers the same however often it is asked."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache
from unittest.mock import patch

from comeback.analytics.model import DayFigures
from comeback.companies.model import Company
from comeback.conversations.model import OutboxMessage
from comeback.ports import AnswerFacts, AnswerReading, MessageFacts, Sent
from comeback.reactivation import returns, returns_fit
from comeback.reactivation.answers import read_by_rules
from comeback.reactivation.returns_fit import Trace

from tests.fakes.channels import FakeChannel

SECRETS = {"telegram_webhook_secret": "t-secret"}


class SteadyModel:
    """The same question gets the same answer, as often as it is asked."""

    def write_message(self, facts: MessageFacts) -> str:
        return facts.service_title

    def read_answer(self, facts: AnswerFacts) -> AnswerReading:
        return read_by_rules(facts)

    def estimate_interval(self, business_type: str, service_title: str) -> tuple[int, str]:
        return 30, f"{service_title} in {business_type}"


class SteadyModels:
    def model(self, company: Company) -> SteadyModel:
        del company
        return SteadyModel()


class Secrets:
    def get(self, company_id: str) -> dict[str, str]:
        del company_id
        return SECRETS


class Messenger(FakeChannel):
    """Names a message by its own id, however many went before."""

    def send(self, message: OutboxMessage) -> Sent:
        super().send(message)
        return Sent(provider_id(message))


def provider_id(message: OutboxMessage) -> str:
    return f"{message.address.channel.value}.{message.outbox_id}"


@cache
def _learnt(traces: tuple[Trace, ...], prior: tuple[float, ...], strength: float) -> list[float]:
    return list(returns_fit.learn(traces, prior, strength))


def remembering() -> AbstractContextManager[object]:
    """Fits a return model once: pure, and dear to do hundreds of times from the same visits."""
    return patch.object(returns, "learn", lambda t, p, n: _learnt(tuple(t), tuple(p), n))


def drawn(days: Sequence[DayFigures], language: str, threshold: float) -> bytes:
    """Instead of the picture: pure, and dear to draw hundreds of times."""
    return repr((days, language, threshold)).encode()
