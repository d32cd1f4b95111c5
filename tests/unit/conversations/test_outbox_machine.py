"""The outbox under everything at once: deliveries, lost answers, crashes, statuses in any order, the passage of time.

What must hold however they mix: a message leaves once unless the messenger said that nothing left; no state moves back;
a definite end stays.
"""

from collections.abc import Callable
from contextlib import suppress

from comeback.changes import BindAddress, PutOutbox, SaveClient, SaveConsent
from comeback.clients.model import Client, Consent
from comeback.companies.model import BusinessType, Company
from comeback.conversations.model import (
    ChannelKind,
    Content,
    DeliveryStatus,
    OutboxMessage,
    OutboxState,
    Purpose,
)
from comeback.errors import (
    ComebackError,
    Permanent,
    RateLimited,
    Retryable,
    Unavailable,
    Undeliverable,
    UnknownOutcome,
)
from comeback.ports import Sent
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.unit.conversations.conftest import PHONE, Salon
from tests.unit.conversations.inbound import receive, status

PROBLEMS: dict[str, Callable[[], ComebackError | None]] = {
    "sent": lambda: None,
    "not sent: slow down": lambda: RateLimited("slow", retry_after=1),
    "not sent: no connection": lambda: Unavailable("down"),
    "sent, answer lost": lambda: UnknownOutcome("time-out"),
    "refused": lambda: Undeliverable("no", code="131026"),
}
RANK = {state: n for n, state in enumerate(
    (OutboxState.NEW, OutboxState.SENDING, OutboxState.UNCERTAIN, OutboxState.SENT,
     OutboxState.DELIVERED, OutboxState.READ)
)}  # fmt: skip


class Outbox(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.salon = Salon()
        salon, store, now = self.salon, self.salon.store, self.salon.clock.now()
        store.save_company(Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY))
        yes = Consent(Purpose.MARKETING, True, now, "import:f", "v1", ChannelKind.WHATSAPP)
        message = OutboxMessage(
            "salon", "anna", "j1.1", PHONE, Content("hi"), Purpose.MARKETING, now
        )
        anna = Client("salon", "anna", "Anna", addresses=(PHONE,))
        bound = BindAddress("salon", "anna", PHONE)
        store.commit(
            [SaveClient(anna), bound, SaveConsent("salon", "anna", yes), PutOutbox(message)]
        )
        self.left = 0
        """How often it has, or may have, reached the messenger."""
        self.before = OutboxState.NEW
        self.released = False
        salon.whatsapp.send = self._send  # type: ignore[method-assign]
        self.problem = "sent"

    def _send(self, message: OutboxMessage) -> Sent:
        problem = PROBLEMS[self.problem]()
        if isinstance(problem, Retryable):
            self.released = True
            raise problem
        if isinstance(problem, Undeliverable):
            raise problem
        self.left += 1
        if problem is not None:
            raise problem
        return Sent("whatsapp-1")

    @rule(
        problem=st.sampled_from(sorted(PROBLEMS)),
        faults=st.lists(st.sampled_from(["", "", "refused", "lost", "conflict"]), max_size=3),
    )
    def deliver(self, problem: str, faults: list[str]) -> None:
        self.problem, self.salon.store.faults = problem, faults
        with suppress(Retryable, Permanent):
            self.salon.deliver()
        self.salon.store.faults = []

    @rule(
        told=st.sampled_from(DeliveryStatus), faults=st.sampled_from([[], ["lost"], ["conflict"]])
    )
    def status_comes(self, told: DeliveryStatus, faults: list[str]) -> None:
        """Only of a message that did leave."""
        if not self.left:
            return
        self.salon.store.faults = list(faults)
        with suppress(Retryable):
            receive(self.salon, status(self.salon, told, code="131026"))
        self.salon.store.faults = []

    @rule(seconds=st.sampled_from([1, 59, 60, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.salon.clock.advance(seconds=seconds)

    @invariant()
    def it_leaves_once(self) -> None:
        assert self.left <= 1

    @invariant()
    def nothing_moves_back(self) -> None:
        now = self.salon.message().state
        if self.before is OutboxState.FAILED:
            assert now is OutboxState.FAILED
        elif now is OutboxState.NEW:
            assert self.before is OutboxState.NEW or self.released
            assert self.left == 0
        elif now is not OutboxState.FAILED:
            assert RANK[now] >= RANK[self.before]
        self.before, self.released = now, False


Outbox.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
test_outbox_machine = Outbox.TestCase
