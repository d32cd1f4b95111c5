"""A dialogue that repeats what it hears, with reactivation's own receipts behind it."""

from collections.abc import Callable

from comeback.conversations.model import Content, MessageReceived, OutboxMessage, Purpose
from comeback.ports import ClientFile, Effects
from comeback.reactivation.receipts import Receipts


class FakeDialogue(Receipts):
    """The Dialogue port. `answers`: what the next answers do instead of repeating."""

    def __init__(self) -> None:
        self.heard: list[MessageReceived] = []
        self.answers: list[Callable[[ClientFile, MessageReceived], Effects]] = []

    def answer(self, file: ClientFile, event: MessageReceived) -> Effects:
        self.heard.append(event)
        if self.answers:
            return self.answers.pop(0)(file, event)
        return Effects(replies=(reply(file, event, f"You said: {event.text}"),))

    def listened(self, file: ClientFile, event: MessageReceived) -> Effects:
        self.heard.append(event)
        return Effects()


def reply(file: ClientFile, event: MessageReceived, text: str) -> OutboxMessage:
    return OutboxMessage(
        company_id=file.client.company_id,
        client_id=file.client.client_id,
        outbox_id=f"re.{event.event_id}",
        address=event.address,
        content=Content(text),
        purpose=Purpose.SERVICE,
        created_at=event.at,
    )
