"""Deliver: one message leaves once. Claimed before the call; an unknown outcome is noted, never repeated (promise 2)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from comeback.changes import Change, MoveOutbox, SaveConsent
from comeback.clients.model import Consent, may_market
from comeback.conversations.model import OutboxMessage, OutboxState, Purpose
from comeback.conversations.outbox import abandoned, claim
from comeback.errors import (
    Conflict,
    NotFound,
    Permanent,
    Retryable,
    Undeliverable,
    UnknownOutcome,
)
from comeback.ports import Channels, ClientFile, Clock, Effects, Orchestrator, Receipts, Store
from comeback.reactivation.model import Stage

ATTEMPTS = 5
BLOCKED = "403"
"""Telegram's answer when the client blocked the bot: their way to say stop."""
CONSENT_GONE = "consent"


class Deliver:
    """`owner` names this invocation: a claim that a lost answer hid is recognised as one's own."""

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
        """One message of the outbound queue. Raises Retryable: nothing has left, bring it back later."""
        self.deliver(record["company_id"], record["client_id"], record["outbox_id"])

    def deliver(self, company_id: str, client_id: str, outbox_id: str) -> None:
        message = self._store.outbox(company_id, client_id, outbox_id)
        now = self._clock.now()
        if abandoned(message, now):
            self._settle(message, OutboxState.UNCERTAIN)
            return
        claimed = claim(message, self._owner, now)
        if claimed is None:
            return
        if message.state is OutboxState.NEW:
            self._store.commit([MoveOutbox(claimed, OutboxState.NEW)])
            claimed = replace(claimed, version=message.version + 1)
        self._send(claimed)

    def _send(self, message: OutboxMessage) -> None:
        file = self._store.client(message.company_id, message.client_id)
        marketing = message.purpose is Purpose.MARKETING
        if marketing and not may_market(file.consents, message.address.channel):
            self._settle(replace(message, error_code=CONSENT_GONE), OutboxState.FAILED)
            return
        company = self._store.company(message.company_id)
        try:
            sent = self._channels.channel(company, message.address.channel).send(message)
        except UnknownOutcome:
            self._settle(message, OutboxState.UNCERTAIN)
        except Retryable:
            self._store.commit([MoveOutbox(_released(message), OutboxState.SENDING)])
            raise
        except Permanent as error:
            code = error.code if isinstance(error, Undeliverable) else type(error).__name__
            self._settle(replace(message, error_code=code), OutboxState.FAILED)
        else:
            self._settle(replace(message, provider_id=sent.provider_id), OutboxState.SENT)

    def _settle(self, message: OutboxMessage, state: OutboxState) -> None:
        """Writes what became of the message, with what follows for its journey."""
        moved = replace(message, state=state)
        follow = self._follow(moved)
        for attempt in range(ATTEMPTS):
            file = self._store.client(message.company_id, message.client_id)
            effects = follow(file)
            try:
                self._store.commit([MoveOutbox(moved, OutboxState.SENDING), *effects.changes])
            except Conflict:
                if self._status_was_faster(message) or attempt == ATTEMPTS - 1:
                    return
                continue
            for token, outcome in effects.finished:
                self._orchestrator.finish_wait(token, outcome)
            return

    def _follow(self, moved: OutboxMessage) -> Callable[[ClientFile], Effects]:
        if moved.state is OutboxState.SENT:
            return lambda file: self._receipts.reached(file, moved, Stage.CONTACTED)
        if moved.state is OutboxState.FAILED:
            return lambda file: self._failed(file, moved)
        return lambda _file: Effects()

    def _failed(self, file: ClientFile, moved: OutboxMessage) -> Effects:
        effects = self._receipts.undelivered(file, moved)
        if moved.error_code != BLOCKED:
            return effects
        at = self._clock.now()
        consent = Consent(
            Purpose.MARKETING, False, at, "telegram_block", "messenger-v1", moved.address.channel
        )
        stop: Change = SaveConsent(moved.company_id, moved.client_id, consent)
        return replace(effects, changes=(stop, *effects.changes))

    def _status_was_faster(self, message: OutboxMessage) -> bool:
        """A status webhook may overtake our own note that the message left: then it has told more than we could."""
        try:
            stored = self._store.outbox(message.company_id, message.client_id, message.outbox_id)
        except NotFound:
            return True
        return stored.state is not OutboxState.SENDING


def _released(message: OutboxMessage) -> OutboxMessage:
    return replace(message, state=OutboxState.NEW, claimed_by="", claimed_until=None)
