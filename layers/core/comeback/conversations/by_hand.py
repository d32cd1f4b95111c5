"""ByHand: a person answers a client instead of the bot, through the same outbox.

While somebody has taken over, the bot keeps silent and nothing is advertised; a STOP is obeyed as ever. What the client says is
kept for that person (`Heard`).
"""

from contextlib import suppress
from dataclasses import dataclass

from comeback.changes import Audited, KeepWords, PutOutbox, ReleasePerson, TakeOver
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Content,
    Heard,
    MessageReceived,
    OutboxMessage,
    OutboxState,
    Purpose,
)
from comeback.errors import Conflict, InvalidInput
from comeback.ports import ClientFile, Clock, OutboundQueue, Store

LONGEST = 1000
"""Characters; WhatsApp takes 4096 and Telegram too, but nobody reads them on a phone."""


@dataclass(frozen=True)
class ByHand:
    store: Store
    outbound: OutboundQueue
    clock: Clock

    def take(self, company_id: str, client_id: str, user_id: str) -> None:
        """Whoever answered before, now it is `user_id`. Raises NotFound."""
        file = self.store.client(company_id, client_id)
        if file.person and file.person.taken_by == user_id:
            return
        now = self.clock.now()
        taken = TakeOver(company_id, client_id, now, user_id)
        noted = Audited(company_id, now, user_id, "talks.take_over", client_id)
        self.store.commit([taken, noted])

    def release(self, company_id: str, client_id: str, user_id: str) -> None:
        """To the bot. Raises NotFound."""
        if self.store.client(company_id, client_id).person is None:
            return
        noted = Audited(company_id, self.clock.now(), user_id, "talks.release", client_id)
        self.store.commit([ReleasePerson(company_id, client_id), noted])

    def write(
        self,
        company_id: str,
        client_id: str,
        text: str,
        *,
        message_id: str,
        user_id: str,
        channel: ChannelKind | None = None,
    ) -> OutboxMessage:
        """To the channel the client wrote in last, if none is named. The same `message_id` is said once.

        Raises NotFound; InvalidInput where nobody has taken over, the channel is not the client's, or WhatsApp's window is shut.
        """
        file, now = self.store.client(company_id, client_id), self.clock.now()
        if not file.taken_over:
            raise InvalidInput("client_id", "is answered by the bot", "Take over first")
        message = OutboxMessage(
            company_id=company_id,
            client_id=client_id,
            outbox_id=f"hand.{message_id}",
            address=_address(file, channel),
            content=Content(text.strip()),
            purpose=Purpose.SERVICE,
            created_at=now,
        )
        if message.address.channel is ChannelKind.WHATSAPP and not file.whatsapp_open(now):
            remedy = "WhatsApp takes free text for 24 hours after the client's last message"
            raise InvalidInput("channel", "is closed", remedy)
        noted = Audited(company_id, now, user_id, "talks.write", client_id)
        with suppress(Conflict):
            self.store.commit([PutOutbox(message), noted])
        stored = self.store.outbox(company_id, client_id, message.outbox_id)
        if stored.state is OutboxState.NEW:
            self.outbound.enqueue(company_id, client_id, stored.outbox_id)
        return stored


def kept_words(file: ClientFile, event: MessageReceived) -> KeepWords:
    return KeepWords(file.client.company_id, file.client.client_id, Heard.of(event))


def _address(file: ClientFile, channel: ChannelKind | None) -> Address:
    """Of that channel; of the last that was heard, or else the first there is."""
    heard = {talk.last_inbound_at: talk.address for talk in file.conversations}
    latest = sorted((at for at in heard if at), reverse=True)
    known = [*(heard[at] for at in latest), *file.client.addresses]
    found = next((a for a in known if channel in (None, a.channel)), None)
    if found is None:
        raise InvalidInput("channel", "is none of the client's", "Name one that the client uses")
    return found
