"""Deliver: one message leaves once. Claimed before the call; an unknown outcome is noted (promise 2), and `doubt.py` says
what follows from it: silence for marketing, once more for what somebody waits for.

All that can fail without harm (reading the client, a last look at consent, finding the messenger) comes before the claim,
so that between the claim and the call there is nothing but the call.

A messenger that asks one message to wait (`retry_after`) asks our account: until then no message of it is tried, answers and
words to the owner included, for they would be refused too. The moment is kept with the account, by the commit that gives the
message back, and is looked at before each claim: one item, one read unit. Nothing else is both right and cheaper. A process'
own memory is one for each of ten workers, and empty after a cold start: each would call once more. Beside the message, in one
request, three accounts would be read, for only the message tells its messenger. As a condition of the claim it would make a
transaction of it: four write units instead of one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from comeback.changes import Change, KeepQuiet, MoveOutbox, PutOutbox
from comeback.clients.model import Client, may_market
from comeback.conversations.aftermath import Aftermath, signal, signals, untold
from comeback.conversations.doubt import PAUSE, marked, once_more, says_once_more
from comeback.conversations.model import OutboxMessage, OutboxState, Purpose, Signal
from comeback.conversations.outbox import abandoned, claim, claimed_at
from comeback.conversations.refusals import ACCOUNT_STOPPED, LATE, refusal
from comeback.errors import (
    Conflict,
    Permanent,
    RateLimited,
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
    Limits,
    Orchestrator,
    OutboundQueue,
    Receipts,
    Store,
)
from comeback.reactivation.model import Stage

ATTEMPTS = 5
GOOD_FOR = timedelta(hours=1)
"""A marketing message that could not leave within it has missed its hour (a messenger that is down, a redrive)."""
QUIET_AT_MOST = timedelta(days=1)
"""A messenger that names more is asked again after it: a nonsense number must not silence an account for good."""
OPTED_OUT = "opted_out"
"""Our own error code: the client said no between the writing and the sending."""
GIVEN_UP = "given_up"
"""Our own error code: the address went to another client meanwhile (handover.py)."""


class Deliver:
    """`owner` names this invocation and no other: by it a claim is known as one's own when the answer was lost. `wall_clock`:
    the messengers', where ours is simulated."""

    def __init__(
        self,
        store: Store,
        channels: Channels,
        receipts: Receipts,
        limits: Limits,
        outbound: OutboundQueue,
        orchestrator: Orchestrator,
        clock: Clock,
        owner: str,
        wall_clock: Clock | None = None,
    ) -> None:
        self._store = store
        self._channels = channels
        self._receipts = receipts
        self._aftermath = Aftermath(store, receipts)
        self._limits = limits
        self._outbound = outbound
        self._orchestrator = orchestrator
        self._clock = clock
        self._owner = owner
        self._wall_clock = wall_clock or clock

    def handle(self, record: Mapping[str, Any]) -> None:
        """One message of the outbound queue. Raises Retryable: bring it back later; Permanent: an operator must look."""
        self.deliver(record["company_id"], record["client_id"], record["outbox_id"])

    def deliver(self, company_id: str, client_id: str, outbox_id: str) -> None:
        message = self._store.outbox(company_id, client_id, outbox_id)
        if message.state is OutboxState.NEW:
            self._try(message)
        elif says_once_more(message):
            self._try(self._unclaimed(message))
        elif message.state is not OutboxState.SENDING:
            self._tell_again(message)
        elif abandoned(message, self._clock.now()):
            self._in_doubt(message)
        else:
            raise Retryable("another invocation may be sending this message")

    def _unclaimed(self, message: OutboxMessage) -> OutboxMessage:
        again = once_more(message)
        self._store.commit([MoveOutbox(again, OutboxState.UNCERTAIN)])
        return replace(again, version=message.version + 1)

    def _in_doubt(self, message: OutboxMessage, file: ClientFile | None = None) -> None:
        """Raises Retryable when it is to be said once more: the redelivery does it."""
        uncertain = replace(message, state=OutboxState.UNCERTAIN)
        self._settle(uncertain, OutboxState.SENDING, file)
        if says_once_more(uncertain):
            seconds = PAUSE.total_seconds()
            raise Retryable("nobody knows whether it left", retry_after=seconds)

    def _try(self, message: OutboxMessage) -> None:
        file = self._file(message)
        if reason := self._forbidden(message, file):
            self._settle(_failed(message, reason), OutboxState.NEW, file)
            return
        try:
            company = self._store.company(message.company_id)
            messenger = self._channels.channel(company, message.address.channel)
        except Permanent as error:
            self._settle(_failed(message, type(error).__name__), OutboxState.NEW, file)
            raise
        self._keep_quiet(message)
        language = file.client.language or company.language
        self._send(messenger, self._claimed(message), file, language)

    def _file(self, message: OutboxMessage) -> ClientFile:
        """The owner has none."""
        if message.purpose is Purpose.OWNER:
            return ClientFile(Client(message.company_id, message.client_id, ""))
        return self._store.client(message.company_id, message.client_id)

    def _forbidden(self, message: OutboxMessage, file: ClientFile) -> str:
        """Our own error code when marketing may not leave after all: much may have changed since it was written."""
        if message.purpose is not Purpose.MARKETING:
            return ""
        channel = message.address.channel
        if not may_market(file.consents, channel):
            return OPTED_OUT
        if message.address not in file.client.addresses:
            return GIVEN_UP
        sends = self._limits.may_send(message.company_id, channel, self._clock.now())
        if not sends:
            return ACCOUNT_STOPPED
        return LATE if self._clock.now() - message.created_at > GOOD_FOR else ""

    def _keep_quiet(self, message: OutboxMessage) -> None:
        """Raises RateLimited for the rest of the time that the messenger asked for."""
        until = self._store.quiet_until(message.company_id, message.address.channel)
        now = self._wall_clock.now()
        if until is not None and until > now:
            rest = (until - now).total_seconds()
            raise RateLimited("the messenger wants to be left alone", retry_after=rest)

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

    def _send(
        self, messenger: Channel, message: OutboxMessage, file: ClientFile, language: str
    ) -> None:
        try:
            sent = messenger.send(marked(message, language))
        except UnknownOutcome:
            self._in_doubt(message, file)
            return
        except Retryable as error:
            slower = self._slower(message, error) if isinstance(error, RateLimited) else ()
            self._store.commit([MoveOutbox(_released(message), OutboxState.SENDING), *slower])
            raise
        except Undeliverable as error:
            moved = _failed(message, error.code)
        except Permanent as error:
            self._settle(_failed(message, type(error).__name__), OutboxState.SENDING, file)
            raise
        else:
            moved = replace(message, state=OutboxState.SENT, provider_id=sent.provider_id)
        self._settle(moved, OutboxState.SENDING, file)

    def _slower(self, message: OutboxMessage, error: RateLimited) -> Iterator[Change]:
        yield signal(message, Signal.THROTTLED, self._clock.now())
        if until := _quiet_until(error.retry_after, self._wall_clock.now()):
            yield KeepQuiet(message.company_id, message.address.channel, until)

    def _settle(
        self, moved: OutboxMessage, expected: OutboxState, file: ClientFile | None = None
    ) -> None:
        """Writes what became of the message together with what follows for its journey; `file` saves a first reading.

        When the journey stays contended, the message's own fate is written alone and Conflict raised: the redelivery
        finds it and does the rest.
        """
        for _ in range(ATTEMPTS):
            file = file or self._file(moved)
            told = signals(expected, moved, self._clock.now())
            effects = Effects((MoveOutbox(moved, expected), *told)) + self._follows(file, moved)
            try:
                self._commit(effects)
            except Conflict:
                if self._state_of(moved) is not expected:
                    return  # a status webhook was faster, and has told more than we could
                file = None
                continue
            self._tell(effects)
            return
        told = signals(expected, moved, self._clock.now())
        self._store.commit([MoveOutbox(moved, expected), *told])
        raise Conflict("the client's journey is being changed by others")

    def _tell_again(self, message: OutboxMessage) -> None:
        """A redelivery: what followed the first may not have happened."""
        file = self._file(message)
        effects = self._follows(file, message)
        unsent = self._aftermath.unsent(message, claimed_at(message))
        self._commit(effects)
        self._tell(effects + Effects(replies=unsent, finished=untold(file)))

    def _commit(self, effects: Effects) -> None:
        notices = (PutOutbox(notice) for notice in effects.replies)
        self._store.commit([*effects.changes, *notices])

    def _follows(self, file: ClientFile, message: OutboxMessage) -> Effects:
        if message.purpose is Purpose.OWNER:
            return Effects()
        if message.state is OutboxState.SENT:
            return self._receipts.reached(file, message, Stage.CONTACTED)
        if message.state is OutboxState.FAILED:
            return self._aftermath.failed(file, message, claimed_at(message))
        return Effects()

    def _tell(self, effects: Effects) -> None:
        for notice in effects.replies:
            self._outbound.enqueue(notice.company_id, notice.client_id, notice.outbox_id)
        for token, outcome in effects.finished:
            self._orchestrator.finish_wait(token, outcome)

    def _state_of(self, message: OutboxMessage) -> OutboxState:
        return self._store.outbox(message.company_id, message.client_id, message.outbox_id).state


def _quiet_until(seconds: float | None, now: datetime) -> datetime | None:
    """None when the messenger named no time."""
    if seconds is None or not seconds > 0:
        return None
    return now + timedelta(seconds=min(seconds, QUIET_AT_MOST.total_seconds()))


def _failed(message: OutboxMessage, code: str) -> OutboxMessage:
    meant = refusal(message.address.channel, code)
    return replace(message, state=OutboxState.FAILED, error_code=code, refusal=meant)


def _released(message: OutboxMessage) -> OutboxMessage:
    return replace(message, state=OutboxState.NEW, claimed_by="", claimed_until=None)
