"""Receive: one inbound event has its effect once, whatever comes twice, late or crashes half-way (promise 1).

The effect and the event's dedupe key are one transaction; then replies are enqueued and waits are told. A redelivery after
a crash in between finds the key and does just these last two again: both are idempotent.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from comeback.changes import (
    BindAddress,
    Change,
    CountSignal,
    EventSeen,
    PutOutbox,
    SaveClient,
    SaveConsent,
)
from comeback.clients.model import Client, Consent, opted_out
from comeback.conversations import owner
from comeback.conversations.aftermath import TEXT_VERSION, untold
from comeback.conversations.binding import reachable
from comeback.conversations.by_hand import kept_words
from comeback.conversations.consent import ConsentTalk
from comeback.conversations.flood import too_many, touched
from comeback.conversations.model import (
    InboundEvent,
    MarketingResumed,
    MarketingStopped,
    MessageReceived,
    Purpose,
    Signal,
    StatusReceived,
)
from comeback.conversations.newcomer import newcomer
from comeback.conversations.statuses import Statuses
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

ATTEMPTS = 4
"""Lost races are run again here at once; after that the queue brings the event back."""
OLDEST = timedelta(days=28)
"""An older event is a replay. What had its effect is remembered for 30 days from then on, so nothing that is let in here can
have been forgotten; and what is late for good reason is younger: a messenger tries for up to 7 days, and our queue and its
dead letters keep a message for 4 and 14."""

Parse = Callable[[str, Mapping[str, Any], datetime], list[InboundEvent]]
"""Takes the event's id, its body, and when it came to us."""
Skipped = Callable[[str, str, str], None]
"""Is told what was not answered, to be counted: why, the company's id and the event's."""
ByClient = MessageReceived | MarketingStopped | MarketingResumed


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
        skipped: Skipped = lambda *_: None,
    ) -> None:
        self._store = store
        self._outbound = outbound
        self._orchestrator = orchestrator
        self._dialogue = dialogue
        self._consent = consent
        self._clock = clock
        self._parsers = parsers
        self._skipped = skipped
        self._statuses = Statuses(store, dialogue)

    def handle(self, record: Mapping[str, Any]) -> None:
        """One message of the inbound queue. Raises Retryable and UnknownOutcome: bring it back later."""
        parse = self._parsers[record["channel"]]
        for event in parse(record["event_id"], record["body"], self._arrived_at(record)):
            self.receive(record["company_id"], event)

    def _arrived_at(self, record: Mapping[str, Any]) -> datetime:
        """As the webhook wrote it down; where it did not (`channels.webhook.arrival`), now."""
        seconds = record.get("arrived_at")
        return self._clock.now() if seconds is None else datetime.fromtimestamp(seconds, UTC)

    def receive(self, company_id: str, event: InboundEvent) -> None:
        if self._clock.now() - event.at > OLDEST:
            self._skipped("EventsTooOld", company_id, event.event_id)
            return
        for attempt in range(ATTEMPTS):
            try:
                self._once(company_id, event)
                return
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
            except AlreadyDone:
                self._tell_again(company_id, event)
                return

    def _once(self, company_id: str, event: InboundEvent) -> None:
        """What changes nothing leaves no trace either: repeating it is as harmless. Raises AlreadyDone."""
        effects = self._effects(company_id, event)
        if effects == Effects():
            return
        refs = tuple((m.client_id, m.outbox_id) for m in effects.replies)
        self._store.commit(
            [
                EventSeen(company_id, event.event_id, self._clock.now(), refs),
                *effects.changes,
                *(PutOutbox(reply) for reply in effects.replies),
            ]
        )
        self._tell(company_id, SeenEvent(refs), effects)

    def _tell(self, company_id: str, seen: SeenEvent, effects: Effects) -> None:
        for client_id, outbox_id in seen.outbox:
            self._outbound.enqueue(company_id, client_id, outbox_id)
        for token, outcome in effects.finished:
            self._orchestrator.finish_wait(token, outcome)

    def _tell_again(self, company_id: str, event: InboundEvent) -> None:
        """Seen before: what followed the commit may not have happened."""
        seen = self._store.seen_event(company_id, event.event_id) or SeenEvent(())
        file = self._whose(company_id, event)
        self._tell(company_id, seen, Effects(finished=untold(file) if file else ()))

    def _whose(self, company_id: str, event: InboundEvent) -> ClientFile | None:
        if isinstance(event, StatusReceived):
            return self._statuses.file(company_id, event)
        return self._store.client_by_address(company_id, event.address)

    def _effects(self, company_id: str, event: InboundEvent) -> Effects:
        if isinstance(event, MessageReceived | MarketingStopped | MarketingResumed):
            return self._of_client(company_id, event)
        self._refuse_repetition(company_id, event)
        if isinstance(event, StatusReceived):
            return self._statuses.effects(company_id, event)
        return self._statuses.of_account(company_id, event)

    def _refuse_repetition(self, company_id: str, event: InboundEvent) -> None:
        """Before the book or the model is asked for anything. Raises AlreadyDone."""
        if self._store.seen_event(company_id, event.event_id):
            raise AlreadyDone(event.event_id)

    # ── what a client did ────────────────────────────────────────────────────────────────────────

    def _of_client(self, company_id: str, event: ByClient) -> Effects:
        linked = self._consent.linked_client(company_id, event)
        file = self._file(company_id, event, linked)
        if file is None or not _newer(file, event):
            self._refuse_repetition(company_id, event)
        if isinstance(event, MessageReceived) and owner.concerns(event, linked):
            company = self._store.company(company_id)
            now, proposals = self._clock.now(), self._store.proposal
            return owner.answer(company, event, linked, now, proposals)
        if isinstance(event, MessageReceived):
            return self._heard(file, event) if file else self._stranger(company_id, event)
        if file is None:
            return Effects()
        if isinstance(event, MarketingStopped):
            return self._stopped(file, event, event.source) + Effects((SaveClient(file.client),))
        return Effects((_consent(file, event, True, event.at, event.source),))

    def _file(self, company_id: str, event: ByClient, linked: str | None) -> ClientFile | None:
        """A signed link says who it is; else the address does. A client who was erased is nobody."""
        if linked:
            with suppress(NotFound):
                return self._store.client(company_id, linked)
        return self._store.client_by_address(company_id, event.address)

    def _heard(self, file: ClientFile, event: MessageReceived) -> Effects:
        here = reachable(file.client, event.address.channel)
        effects = self._answer(replace(file, client=here), event)
        changes = _touched(file, event)
        if (here != file.client or _refuses(effects)) and not _saves(effects, here):
            changes = (*changes, SaveClient(here))
        return Effects(changes) + effects

    def _answer(self, file: ClientFile, event: MessageReceived) -> Effects:
        """Whoever floods is not answered; a stop, or a yes or no to offers, is obeyed all the same."""
        if not too_many(file.conversation(event.address.channel), event):
            return self._said(file, event)
        self._skipped("EventsFlooded", file.client.company_id, event.event_id)
        if self._consent.concerns(event) or _says_stop(event):
            return replace(self._said(file, event), replies=())
        return Effects()

    def _said(self, file: ClientFile, event: MessageReceived) -> Effects:
        if self._consent.concerns(event):
            return self._consent.answer(file, event, self._clock.now())
        if _says_stop(event):
            stopped = self._stopped(file, event, f"{event.address.channel.value}_stop")
            if opted_out(file.consents):
                return stopped
            confirmed = self._consent.confirm_stop(file, event, self._clock.now())
            return stopped + Effects(replies=(confirmed,))
        if file.taken_over:
            return Effects((kept_words(file, event),)) + self._dialogue.listened(file, event)
        return self._dialogue.answer(file, event)

    def _stopped(
        self, file: ClientFile, event: MessageReceived | MarketingStopped, source: str
    ) -> Effects:
        """STOP in any channel stops marketing in all (promise 4)."""
        effects = self._dialogue.stopped(file)
        stop = _consent(file, event, False, _stops_at(file, event), source)
        if opted_out(file.consents):
            return Effects((stop,)) + effects
        channel, on = event.address.channel, event.at.astimezone(UTC).date()
        told = Signal.OPTED_OUT if isinstance(event, MessageReceived) else Signal.BLOCKED
        counted = CountSignal(file.client.company_id, channel, on, told)
        return Effects((stop, counted)) + effects

    def _stranger(self, company_id: str, event: MessageReceived) -> Effects:
        """The owner's «спасибо» under a report is no client's."""
        if event.address == self._store.company(company_id).owner:
            return Effects()
        return self._newcomer(company_id, event)

    def _newcomer(self, company_id: str, event: MessageReceived) -> Effects:
        """Whoever writes first becomes a client, is answered, and is asked whether we may write."""
        held_by = self._store.client_at(company_id, event.address)
        client = newcomer(company_id, event)
        file = ClientFile(client)
        effects = self._said(file, event)
        made_known = (
            SaveClient(client),
            BindAddress(company_id, client.client_id, event.address, held_by or ""),
            *_touched(file, event),
        )
        effects = Effects(made_known) + effects
        if self._consent.concerns(event) or _says_stop(event):
            return effects
        asked = self._consent.ask(file, event, self._clock.now(), "consent")
        return effects + Effects(replies=(asked,))


def _says_stop(event: MessageReceived) -> bool:
    """In words, or on a template's button: without a payload of ours it carries its own title."""
    return is_stop(event.text or event.button_id)


def _stops_at(file: ClientFile, event: InboundEvent) -> datetime:
    """Not before what was heard in this channel until now: a press is dated when it came to us, a message when it was
    written, so a stop right after a yes may be dated earlier, and must still be the last word."""
    channel = event.address.channel
    return max([event.at, *(c.at for c in file.consents if c.channel is channel)])


def _newer(file: ClientFile, event: ByClient) -> bool:
    """Typed words that are newer than all that was heard in this conversation have not been heard, and need not be looked up.
    A press is dated by us, when it comes, and comes twice with two dates: it is always looked up."""
    if not isinstance(event, MessageReceived) or event.button_id or event.start_payload:
        return False
    conversation = file.conversation(event.address.channel)
    last = conversation.last_inbound_at if conversation else None
    return last is not None and event.at > last


def _saves(effects: Effects, client: Client) -> bool:
    saved = [c.client.client_id for c in effects.changes if isinstance(c, SaveClient)]
    return client.client_id in saved


def _refuses(effects: Effects) -> bool:
    """A «no» is written over the version it was read at: the address may be going to another client (handover.py)."""
    return any(isinstance(c, SaveConsent) and not c.consent.granted for c in effects.changes)


def _touched(file: ClientFile, event: MessageReceived) -> tuple[Change, ...]:
    """The client's last word in this channel; an older event, come late, does not move it back."""
    conversation = file.conversation(event.address.channel)
    last = conversation.last_inbound_at if conversation else None
    if last is not None and last > event.at:
        return ()
    client = file.client
    return (touched(client.company_id, client.client_id, conversation, event),)


def _consent(
    file: ClientFile, event: ByClient, granted: bool, at: datetime, source: str
) -> SaveConsent:
    channel = event.address.channel if granted else None
    consent = Consent(Purpose.MARKETING, granted, at, source, TEXT_VERSION, channel, event.serial)
    return SaveConsent(file.client.company_id, file.client.client_id, consent)
