"""What follows a message's fate for the client, the account and the owner, and the waits a crash may have left untold."""

from collections.abc import Mapping
from datetime import UTC, datetime

from comeback.changes import (
    Change,
    ChangeAccount,
    CountSignal,
    SaveClient,
    SaveConsent,
    SaveIncident,
)
from comeback.clients.model import Consent, opted_out
from comeback.conversations import owner
from comeback.conversations.model import (
    ChannelKind,
    Incident,
    OutboxMessage,
    OutboxState,
    Purpose,
    Refusal,
    Signal,
)
from comeback.conversations.refusals import ACCOUNT_STOPPED, OURS
from comeback.errors import NotFound
from comeback.ports import ClientFile, Effects, Receipts, Store
from comeback.reactivation.model import JourneyState, Outcome

STOPPED_BY: Mapping[ChannelKind, str] = {
    ChannelKind.TELEGRAM: "telegram_block",
    ChannelKind.WHATSAPP: "whatsapp_stop",
}
"""Whose switch the client used → the source in the consent ledger."""
TEXT_VERSION = "messenger-v1"
ARRIVED: Mapping[OutboxState, tuple[Signal, ...]] = {
    OutboxState.SENT: (Signal.SENT,),
    OutboxState.DELIVERED: (Signal.SENT, Signal.DELIVERED),
    OutboxState.READ: (Signal.SENT, Signal.DELIVERED, Signal.READ),
}
"""Each implies those before it."""
REFUSED: Mapping[Refusal | None, Signal] = {
    Refusal.NOBODY: Signal.UNDELIVERED,
    Refusal.UNDELIVERED: Signal.UNDELIVERED,
    Refusal.OPTED_OUT: Signal.BLOCKED,
    Refusal.NOT_NOW: Signal.SPARED,
    Refusal.SLOW_DOWN: Signal.THROTTLED,
}


class Aftermath:
    def __init__(self, store: Store, receipts: Receipts) -> None:
        self._store = store
        self._receipts = receipts

    def failed(self, file: ClientFile, message: OutboxMessage, at: datetime) -> Effects:
        """The journey's end or detour, the client's no where the refusal says so, the account's stop and a word to the
        owner. The same again changes nothing but the day's counts."""
        if message.refusal is Refusal.OPTED_OUT and message.purpose is Purpose.MARKETING:
            return self._opted_out(file, message, at)
        effects, channel = self._receipts.undelivered(file, message), message.address.channel
        if _account_stopped(message):
            return effects + self.stopped(message.company_id, channel, message.error_code, at)
        if message.refusal is Refusal.TEMPLATE and message.content.template:
            name = message.content.template.key
            second = at.replace(microsecond=0)  # Meta's news have whole seconds
            out = ChangeAccount(message.company_id, channel, second, template_out=name)
            return effects + Effects((out,)) + self._once(self._word(message, at))
        return effects

    def unsent(self, message: OutboxMessage, at: datetime) -> tuple[OutboxMessage, ...]:
        """The word to the owner about this failure, if it was written and has not left: a crash may have come before it was
        handed over."""
        word = self._word(message, at)
        stored = word and self._stored(word)
        return (stored,) if stored and stored.state is OutboxState.NEW else ()

    def _word(self, message: OutboxMessage, at: datetime) -> OutboxMessage | None:
        channel, template = message.address.channel, message.content.template
        if _account_stopped(message):
            company = self._store.company(message.company_id)
            return owner.account_stopped(company, channel, message.error_code, at)
        if message.refusal is Refusal.TEMPLATE and template:
            return owner.template_out(self._store.company(message.company_id), template.key, at)
        return None

    def _opted_out(self, file: ClientFile, message: OutboxMessage, at: datetime) -> Effects:
        """The messenger's own switch is a stop like any other: in all channels (promise 4)."""
        channel = message.address.channel
        if opted_out(file.consents) or _heard_since(file, at):
            return Effects()
        source = STOPPED_BY.get(channel, f"{channel.value}_stop")
        no = Consent(Purpose.MARKETING, False, at, source, TEXT_VERSION)
        saved = SaveConsent(message.company_id, message.client_id, no)
        over = SaveClient(file.client)  # the address may be going to another client (handover.py)
        return Effects((saved, over)) + self._receipts.stopped(file)

    def stopped(self, company_id: str, channel: ChannelKind, code: str, at: datetime) -> Effects:
        """The messenger stopped our account: an incident, and the owner hears of it once a day."""
        incident = SaveIncident(company_id, channel, Incident(code, at))
        company = self._store.company(company_id)
        return Effects((incident,)) + self._once(owner.account_stopped(company, channel, code, at))

    def _once(self, notice: OutboxMessage | None) -> Effects:
        if notice is None or self._stored(notice):
            return Effects()
        return Effects((), (notice,))

    def _stored(self, notice: OutboxMessage) -> OutboxMessage | None:
        try:
            return self._store.outbox(notice.company_id, notice.client_id, notice.outbox_id)
        except NotFound:
            return None


def _account_stopped(message: OutboxMessage) -> bool:
    """By the messenger; our own code only says that we know."""
    return message.refusal is Refusal.STOPPED and message.error_code != ACCOUNT_STOPPED


def _heard_since(file: ClientFile, at: datetime) -> bool:
    """A no of then or later is in the ledger: this one is told again, perhaps after a new yes."""
    return any(
        c.purpose is Purpose.MARKETING and not c.granted and c.channel is None and c.at >= at
        for c in file.consents
    )


def signals(before: OutboxState, message: OutboxMessage, at: datetime) -> tuple[Change, ...]:
    """What a marketing message's move tells about the account; to be written together with the move."""
    if message.purpose is not Purpose.MARKETING:
        return ()
    known = set(ARRIVED.get(before, ()))
    told = [s for s in ARRIVED.get(message.state, ()) if s not in known]
    if message.state is OutboxState.FAILED:
        meant = REFUSED.get(message.refusal)
        told = [meant] if meant and message.error_code not in OURS else []
    return tuple(signal(message, s, at) for s in told)


def signal(message: OutboxMessage, told: Signal, at: datetime) -> CountSignal:
    on = at.astimezone(UTC).date()
    return CountSignal(message.company_id, message.address.channel, on, told)


def untold(file: ClientFile) -> tuple[tuple[str, Outcome], ...]:
    """(task token, outcome) of waits that have their outcome but may not know it; telling one twice is no error."""
    return tuple(
        (journey.attempt.task_token, journey.attempt.outcome)
        for journey in file.journeys
        if journey.state is JourneyState.WAITING
        and journey.attempt.outcome is not None
        and journey.attempt.task_token
    )
