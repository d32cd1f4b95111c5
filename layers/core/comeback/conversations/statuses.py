"""What a messenger says became of a message of ours: sent, delivered, read, failed, in any order."""

from collections.abc import Mapping
from datetime import datetime

from comeback.changes import ChangeAccount, MoveOutbox
from comeback.conversations.aftermath import Aftermath, signals
from comeback.conversations.model import (
    WHOSE,
    AccountChanged,
    OutboxMessage,
    OutboxState,
    Purpose,
    StatusReceived,
)
from comeback.conversations.outbox import after_status
from comeback.errors import NotFound
from comeback.ports import ClientFile, Effects, Receipts, Store
from comeback.reactivation.model import Stage

STAGES: Mapping[OutboxState, Stage] = {
    OutboxState.SENT: Stage.CONTACTED,
    OutboxState.DELIVERED: Stage.DELIVERED,
    OutboxState.READ: Stage.READ,
}


class Statuses:
    def __init__(self, store: Store, receipts: Receipts) -> None:
        self._store = store
        self._receipts = receipts
        self._aftermath = Aftermath(store, receipts)

    def effects(self, company_id: str, event: StatusReceived) -> Effects:
        """None for a message that is not ours, and for a status that tells nothing new."""
        message = self._message(company_id, event)
        moved = after_status(message, event) if message else None
        if message is None or moved is None:
            return Effects()
        return self.moving(moved, message.state, event.at)

    def moving(self, moved: OutboxMessage, before: OutboxState, at: datetime) -> Effects:
        """A message that arrived or failed, and what follows for its journey and the account."""
        if moved.purpose is Purpose.OWNER:
            return Effects((MoveOutbox(moved, before),))
        file = self._store.client(moved.company_id, moved.client_id)
        if moved.state is OutboxState.FAILED:
            effects = self._aftermath.failed(file, moved, at)
        else:
            effects = self._receipts.reached(file, moved, STAGES[moved.state])
        told = signals(before, moved, at)
        return Effects((MoveOutbox(moved, before), *told)) + effects

    def file(self, company_id: str, event: StatusReceived) -> ClientFile | None:
        """Whose message it is about; None for the owner's, and for one that is not ours."""
        message = self._message(company_id, event)
        if message is None or message.purpose is Purpose.OWNER:
            return None
        return self._store.client(company_id, message.client_id)

    def of_account(self, company_id: str, event: AccountChanged) -> Effects:
        """What the messenger tells about our own account."""
        channel = event.address.channel
        told = ChangeAccount(
            company_id,
            channel,
            event.at,
            quality=event.quality,
            tier=event.tier,
            template_out=event.template_out,
            template_back=event.template_back,
        )
        effects = Effects((told,))
        if event.stopped:
            effects += self._aftermath.stopped(company_id, channel, event.stopped, event.at)
        return effects

    def _message(self, company_id: str, event: StatusReceived) -> OutboxMessage | None:
        """By the messenger's id; a message that is still in sending has none yet, but the status echoes ours."""
        channel = event.address.channel
        found = self._store.outbox_by_provider_id(company_id, channel, event.provider_id)
        found = found or self._referred(company_id, event)
        try:
            return self._store.outbox(company_id, *found) if found else None
        except NotFound:
            return None

    def _referred(self, company_id: str, event: StatusReceived) -> tuple[str, str] | None:
        """Whose and which. Messages that left before theirs said whose are their recipient's, where Meta names the number
        that was written to: it has its own way with some countries' (Brazil, Mexico)."""
        client_id, whose, outbox_id = event.outbox_ref.partition(WHOSE)
        if whose:
            return client_id, outbox_id
        recipient = event.outbox_ref and self._store.client_at(company_id, event.address)
        return (recipient, event.outbox_ref) if recipient else None
