"""Receive: one inbound event has its effect once, whatever comes twice, late or crashes half-way (promise 1).

The effect and the event's dedupe key are one transaction; then replies are enqueued and waits are told. A redelivery after
a crash in between finds the key and does just these last two again: both are idempotent.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from comeback.changes import (
    BindAddress,
    Change,
    EventSeen,
    MoveOutbox,
    PutOutbox,
    SaveClient,
    SaveConsent,
    TouchConversation,
)
from comeback.clients.model import Client, Consent
from comeback.conversations.consent import ConsentTalk
from comeback.conversations.model import (
    ChannelKind,
    InboundEvent,
    MarketingResumed,
    MarketingStopped,
    MessageReceived,
    OutboxState,
    Purpose,
    StatusReceived,
)
from comeback.conversations.outbox import after_status
from comeback.conversations.stop_words import is_stop
from comeback.errors import AlreadyDone, Conflict, NotFound
from comeback.ports import (
    ClientFile,
    Clock,
    Dialogue,
    Effects,
    Orchestrator,
    OutboundQueue,
    SeenEvent,
    Store,
)
from comeback.reactivation.model import Outcome, Stage

ATTEMPTS = 4
"""Lost races are run again here at once; after that the queue brings the event back."""
STAGES = {
    OutboxState.SENT: Stage.CONTACTED,
    OutboxState.DELIVERED: Stage.DELIVERED,
    OutboxState.READ: Stage.READ,
}

Parse = Callable[[str, Mapping[str, Any], Clock], list[InboundEvent]]


class Receive:
    def __init__(
        self,
        store: Store,
        outbound: OutboundQueue,
        orchestrator: Orchestrator,
        dialogue: Dialogue,
        consent: ConsentTalk,
        clock: Clock,
        parsers: Mapping[str, Parse],
    ) -> None:
        self._store = store
        self._outbound = outbound
        self._orchestrator = orchestrator
        self._dialogue = dialogue
        self._consent = consent
        self._clock = clock
        self._parsers = parsers

    def handle(self, record: Mapping[str, Any]) -> None:
        """One message of the inbound queue. Raises Retryable and UnknownOutcome: bring it back later."""
        parse = self._parsers[record["channel"]]
        for event in parse(record["event_id"], record["body"], self._clock):
            self.receive(record["company_id"], event)

    def receive(self, company_id: str, event: InboundEvent) -> None:
        for attempt in range(ATTEMPTS):
            if seen := self._store.seen_event(company_id, event.event_id):
                self._finish_again(company_id, event, seen)
                return
            try:
                self._once(company_id, event)
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
            except AlreadyDone:
                continue
            else:
                return

    def _once(self, company_id: str, event: InboundEvent) -> None:
        effects = (
            self._status(company_id, event)
            if isinstance(event, StatusReceived)
            else self._client_event(company_id, event)
        )
        refs = tuple((m.client_id, m.outbox_id) for m in effects.replies)
        changes = [
            EventSeen(company_id, event.event_id, self._clock.now(), refs),
            *effects.changes,
            *(PutOutbox(reply) for reply in effects.replies),
        ]
        self._store.commit(changes)
        self._tell(company_id, SeenEvent(refs), effects)

    def _tell(self, company_id: str, seen: SeenEvent, effects: Effects) -> None:
        for client_id, outbox_id in seen.outbox:
            self._outbound.enqueue(company_id, client_id, outbox_id)
        for token, outcome in effects.finished:
            self._orchestrator.finish_wait(token, outcome)

    def _finish_again(self, company_id: str, event: InboundEvent, seen: SeenEvent) -> None:
        """Seen before: what followed the commit may not have happened."""
        client_id = self._store.client_at(company_id, event.address)
        told = _untold(self._store.client(company_id, client_id)) if client_id else ()
        self._tell(company_id, seen, Effects(finished=told))

    # ── statuses ─────────────────────────────────────────────────────────────────────────────────

    def _status(self, company_id: str, event: StatusReceived) -> Effects:
        """A status names our message by the messenger's id or by ours; one of neither is not ours."""
        found = self._message_of(company_id, event)
        if found is None:
            return Effects()
        client_id, outbox_id = found
        try:
            message = self._store.outbox(company_id, client_id, outbox_id)
        except NotFound:
            return Effects()
        moved = after_status(message, event)
        if moved is None:
            return Effects()
        file = self._store.client(company_id, client_id)
        if moved.state is OutboxState.FAILED:
            effects = self._dialogue.undelivered(file, moved)
        else:
            effects = self._dialogue.reached(file, moved, STAGES[moved.state])
        return replace(effects, changes=(MoveOutbox(moved, message.state), *effects.changes))

    def _message_of(self, company_id: str, event: StatusReceived) -> tuple[str, str] | None:
        channel = event.address.channel
        found = self._store.outbox_by_provider_id(company_id, channel, event.provider_id)
        if found or not event.outbox_ref:
            return found
        client_id = self._store.client_at(company_id, event.address)
        return (client_id, event.outbox_ref) if client_id else None

    # ── what a client did ────────────────────────────────────────────────────────────────────────

    def _client_event(
        self, company_id: str, event: MessageReceived | MarketingStopped | MarketingResumed
    ) -> Effects:
        linked = self._consent.linked_client(company_id, event)
        client_id = linked or self._store.client_at(company_id, event.address)
        if client_id is None:
            if not isinstance(event, MessageReceived):
                return Effects()
            return self._newcomer(company_id, event)
        file = self._store.client(company_id, client_id)
        if isinstance(event, MarketingStopped):
            return self._stopped(file, event.at, event.source)
        if isinstance(event, MarketingResumed):
            return Effects((_consent(file, True, event.at, event.source, event.address.channel),))
        effects = self._said(file, event)
        return replace(effects, changes=(*_touched(file, event), *effects.changes))

    def _said(self, file: ClientFile, event: MessageReceived) -> Effects:
        if self._consent.concerns(event):
            return self._consent.answer(file, event, self._clock.now())
        if event.text and is_stop(event.text):
            stopped = self._stopped(file, event.at, f"{event.address.channel.value}_stop")
            confirmed = self._consent.confirm_stop(file, event, self._clock.now())
            return replace(stopped, replies=(confirmed,))
        return self._dialogue.answer(file, event)

    def _stopped(self, file: ClientFile, at: datetime, source: str) -> Effects:
        """STOP in any channel stops marketing in all (promise 4)."""
        effects = self._dialogue.stopped(file)
        return replace(effects, changes=(_consent(file, False, at, source), *effects.changes))

    def _newcomer(self, company_id: str, event: MessageReceived) -> Effects:
        """Whoever writes first becomes a client, and is asked whether we may write."""
        made = hashlib.sha256(f"{event.address.channel}{event.address.value}".encode()).hexdigest()
        phone = f"+{event.address.value}" if event.address.channel is ChannelKind.WHATSAPP else ""
        client = Client(
            company_id=company_id,
            client_id=f"c{made[:20]}",
            name=event.sender_name,
            phone=phone,
            addresses=(event.address,),
        )
        asked = self._consent.ask(ClientFile(client), event, self._clock.now())
        changes: tuple[Change, ...] = (
            SaveClient(client),
            BindAddress(company_id, client.client_id, event.address),
            TouchConversation(company_id, client.client_id, event.address, event.at),
        )
        return Effects(changes=changes, replies=(asked,))


def _touched(file: ClientFile, event: MessageReceived) -> tuple[Change, ...]:
    """The client's last word in this channel; an older event, come late, does not move it back."""
    conversation = file.conversation(event.address.channel)
    last = conversation.last_inbound_at if conversation else None
    if last is not None and last >= event.at:
        return ()
    client = file.client
    return (TouchConversation(client.company_id, client.client_id, event.address, event.at),)


def _consent(
    file: ClientFile, granted: bool, at: datetime, source: str, channel: ChannelKind | None = None
) -> SaveConsent:
    consent = Consent(Purpose.MARKETING, granted, at, source, "messenger-v1", channel)
    return SaveConsent(file.client.company_id, file.client.client_id, consent)


def _untold(file: ClientFile) -> tuple[tuple[str, Outcome], ...]:
    """The waits that have an outcome; telling one again is no error."""
    journey = file.journey(file.active_journey_id) if file.active_journey_id else None
    if journey is None or journey.attempt.outcome is None or not journey.attempt.task_token:
        return ()
    return ((journey.attempt.task_token, journey.attempt.outcome),)
