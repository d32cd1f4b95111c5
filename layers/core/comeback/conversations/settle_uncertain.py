"""The operator's word on messages of which nobody knows whether they arrived.

Whoever looks (into the bot's chat, or asks the client) says so here. What did not arrive is sent again, except marketing: its
attempt ends as undeliverable, and the journey goes on elsewhere or to its end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from comeback.changes import Audited, MoveOutbox
from comeback.conversations.aftermath import untold
from comeback.conversations.doubt import may_resolve_itself_until, once_more
from comeback.conversations.model import OutboxMessage, OutboxState, Purpose
from comeback.conversations.refusals import LOST, refusal
from comeback.conversations.statuses import Statuses
from comeback.errors import InvalidInput
from comeback.ports import Clock, Effects, Orchestrator, OutboundQueue, Receipts, Store
from comeback.reactivation.model import Outcome


class SettleUncertain:
    def __init__(
        self,
        store: Store,
        receipts: Receipts,
        outbound: OutboundQueue,
        orchestrator: Orchestrator,
        clock: Clock,
    ) -> None:
        self._store = store
        self._statuses = Statuses(store, receipts)
        self._outbound = outbound
        self._orchestrator = orchestrator
        self._clock = clock

    def waiting(self, company_id: str) -> Sequence[OutboxMessage]:
        """All in doubt, the longest first; the youngest may still resolve themselves."""
        return list(self._store.uncertain(company_id))

    def settle(
        self, company_id: str, client_id: str, outbox_id: str, *, arrived: bool, user_id: str = ""
    ) -> None:
        """Said twice, it tells again who may not have heard. `user_id`: whose word it is, for the log. Raises NotFound;
        InvalidInput while the message may resolve itself; Conflict when its status came in this moment."""
        message, now = self._store.outbox(company_id, client_id, outbox_id), self._clock.now()
        if message.state is not OutboxState.UNCERTAIN:
            self._tell_again(message)
            return
        if now < (until := may_resolve_itself_until(message)):
            remedy = f"Look again after {until:%Y-%m-%d %H:%M} UTC"
            raise InvalidInput(outbox_id, "may resolve itself", remedy)
        effects = self._effects(message, now, arrived=arrived)
        said = Audited(company_id, now, user_id, "today.settle", outbox_id, ("state",))
        self._store.commit([*effects.changes, *([said] if user_id else ())])
        self._tell(self._store.outbox(company_id, client_id, outbox_id), effects.finished)

    def _effects(self, message: OutboxMessage, now: datetime, *, arrived: bool) -> Effects:
        if arrived:
            delivered = replace(message, state=OutboxState.DELIVERED)
            return self._statuses.moving(delivered, message.state, now)
        if message.purpose is not Purpose.MARKETING:
            return Effects((MoveOutbox(once_more(message), message.state),))
        meant = refusal(message.address.channel, LOST)
        failed = replace(message, state=OutboxState.FAILED, error_code=LOST, refusal=meant)
        return self._statuses.moving(failed, message.state, now)

    def _tell_again(self, message: OutboxMessage) -> None:
        if message.purpose is Purpose.OWNER:
            self._tell(message, ())
        else:
            file = self._store.client(message.company_id, message.client_id)
            self._tell(message, untold(file))

    def _tell(self, message: OutboxMessage, finished: Iterable[tuple[str, Outcome]]) -> None:
        if message.state is OutboxState.NEW:
            self._outbound.enqueue(message.company_id, message.client_id, message.outbox_id)
        for token, outcome in finished:
            self._orchestrator.finish_wait(token, outcome)
