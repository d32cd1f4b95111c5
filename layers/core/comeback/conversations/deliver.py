"""Deliver: one message leaves once. Claimed before the call; an unknown outcome is noted, never repeated (promise 2).

All that can fail without harm (reading the client, a last look at consent, finding the messenger) comes before the claim,
so that between the claim and the call there is nothing but the call.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from comeback.changes import MoveOutbox
from comeback.clients.model import may_market
from comeback.conversations.aftermath import after_failure, untold
from comeback.conversations.model import OutboxMessage, OutboxState, Purpose
from comeback.conversations.outbox import abandoned, claim
from comeback.errors import (
    Conflict,
    Permanent,
    Retryable,
    Unavailable,
    Undeliverable,
    UnknownOutcome,
)
from comeback.ports import (
    Channel,
    Channels,
    ClientFile,
    Clock,
    Effects,
    Orchestrator,
    Receipts,
    Store,
)
from comeback.reactivation.model import Stage

ATTEMPTS = 5
OPTED_OUT = "opted_out"
"""Our own error code: the client said no between the writing and the sending."""


class Deliver:
    """`owner` names this invocation and no other: by it a claim is known as one's own when the answer was lost."""

    def __init__(
        self,
        store: Store,
        channels: Channels,
        receipts: Receipts,
        orchestrator: Orchestrator,
        clock: Clock,
        owner: str,
    ) -> None:
        self._store = store
        self._channels = channels
        self._receipts = receipts
        self._orchestrator = orchestrator
        self._clock = clock
        self._owner = owner

    def handle(self, record: Mapping[str, Any]) -> None:
        """One message of the outbound queue. Raises Retryable: bring it back later; Permanent: an operator must look."""
        self.deliver(record["company_id"], record["client_id"], record["outbox_id"])

    def deliver(self, company_id: str, client_id: str, outbox_id: str) -> None:
        message = self._store.outbox(company_id, client_id, outbox_id)
        if message.state is OutboxState.NEW:
            self._first_time(message)
        elif message.state is not OutboxState.SENDING:
            self._tell_again(message)
        elif abandoned(message, self._clock.now()):
            self._settle(replace(message, state=OutboxState.UNCERTAIN), OutboxState.SENDING)
        else:
            raise Retryable("another invocation may be sending this message")

    def _first_time(self, message: OutboxMessage) -> None:
        file = self._store.client(message.company_id, message.client_id)
        channel = message.address.channel
        if message.purpose is Purpose.MARKETING and not may_market(file.consents, channel):
            self._settle(_failed(message, OPTED_OUT), OutboxState.NEW, file)
            return
        try:
            company = self._store.company(message.company_id)
            messenger = self._channels.channel(company, channel)
        except Permanent as error:
            self._settle(_failed(message, type(error).__name__), OutboxState.NEW, file)
            raise
        self._send(messenger, self._claimed(message), file)

    def _claimed(self, message: OutboxMessage) -> OutboxMessage:
        """Raises Conflict when another invocation was first, Unavailable when nothing was claimed."""
        claimed = claim(message, self._owner, self._clock.now())
        if claimed is None:
            raise Conflict("claimed by another invocation")
        try:
            self._store.commit([MoveOutbox(claimed, OutboxState.NEW)])
        except Unavailable:
            stored = self._store.outbox(message.company_id, message.client_id, message.outbox_id)
            if stored.state is OutboxState.SENDING and stored.claimed_by == self._owner:
                return stored
            raise
        return replace(claimed, version=message.version + 1)

    def _send(self, messenger: Channel, message: OutboxMessage, file: ClientFile) -> None:
        try:
            sent = messenger.send(message)
        except UnknownOutcome:
            moved = replace(message, state=OutboxState.UNCERTAIN)
        except Retryable:
            self._store.commit([MoveOutbox(_released(message), OutboxState.SENDING)])
            raise
        except Undeliverable as error:
            moved = _failed(message, error.code)
        except Permanent as error:
            self._settle(_failed(message, type(error).__name__), OutboxState.SENDING, file)
            raise
        else:
            moved = replace(message, state=OutboxState.SENT, provider_id=sent.provider_id)
        self._settle(moved, OutboxState.SENDING, file)

    def _settle(
        self, moved: OutboxMessage, expected: OutboxState, file: ClientFile | None = None
    ) -> None:
        """Writes what became of the message together with what follows for its journey; `file` saves a first reading.

        When the journey stays contended, the message's own fate is written alone and Conflict raised: the redelivery
        finds it and does the rest.
        """
        for _ in range(ATTEMPTS):
            file = file or self._store.client(moved.company_id, moved.client_id)
            effects = self._follows(file, moved)
            try:
                self._store.commit([MoveOutbox(moved, expected), *effects.changes])
            except Conflict:
                if self._state_of(moved) is not expected:
                    return  # a status webhook was faster, and has told more than we could
                file = None
                continue
            self._tell(effects)
            return
        self._store.commit([MoveOutbox(moved, expected)])
        raise Conflict("the client's journey is being changed by others")

    def _tell_again(self, message: OutboxMessage) -> None:
        """A redelivery: what followed the first may not have happened."""
        file = self._store.client(message.company_id, message.client_id)
        effects = self._follows(file, message)
        self._store.commit(effects.changes)
        self._tell(effects + Effects(finished=untold(file)))

    def _follows(self, file: ClientFile, message: OutboxMessage) -> Effects:
        if message.state is OutboxState.SENT:
            return self._receipts.reached(file, message, Stage.CONTACTED)
        if message.state is OutboxState.FAILED:
            return after_failure(self._receipts, file, message, self._clock.now())
        return Effects()

    def _tell(self, effects: Effects) -> None:
        for token, outcome in effects.finished:
            self._orchestrator.finish_wait(token, outcome)

    def _state_of(self, message: OutboxMessage) -> OutboxState:
        return self._store.outbox(message.company_id, message.client_id, message.outbox_id).state


def _failed(message: OutboxMessage, code: str) -> OutboxMessage:
    return replace(message, state=OutboxState.FAILED, error_code=code)


def _released(message: OutboxMessage) -> OutboxMessage:
    return replace(message, state=OutboxState.NEW, claimed_by="", claimed_until=None)
