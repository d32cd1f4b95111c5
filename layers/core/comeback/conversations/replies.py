"""Our answer to what a client wrote: in the channel they wrote in, under an id that the event gives."""

from datetime import datetime

from comeback.conversations.model import (
    Button,
    Content,
    MessageReceived,
    OutboxMessage,
    Purpose,
)
from comeback.ports import ClientFile


def reply(
    file: ClientFile,
    event: MessageReceived,
    now: datetime,
    words: str,
    buttons: tuple[Button, ...] = (),
    part: str = "",
) -> OutboxMessage:
    """A redelivered event makes the same id, so there is no second answer. `part` names a further one."""
    return OutboxMessage(
        company_id=file.client.company_id,
        client_id=file.client.client_id,
        outbox_id=f"re.{event.event_id}{part and '.'}{part}",
        address=event.address,
        content=Content(words, buttons),
        purpose=Purpose.SERVICE,
        created_at=now,
    )
