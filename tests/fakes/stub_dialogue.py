"""A capability that says one thing and remembers what it was asked."""

from dataclasses import dataclass, field

from comeback.conversations.model import Content, MessageReceived, OutboxMessage, Purpose
from comeback.ports import ClientFile, Effects
from comeback.reactivation.model import Outcome, Stage


@dataclass
class StubDialogue:
    """The Dialogue port. `heard` names each call with what it was about; `ends`: tokens that a stop or a failure ends."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    ends: tuple[tuple[str, Outcome], ...] = ()

    def answer(self, file: ClientFile, event: MessageReceived) -> Effects:
        self.heard.append(("answer", event.text or event.button_id))
        reply = OutboxMessage(
            company_id=file.client.company_id,
            client_id=file.client.client_id,
            outbox_id=f"re.{event.event_id}",
            address=event.address,
            content=Content("Записали!"),
            purpose=Purpose.SERVICE,
            created_at=event.at,
        )
        return Effects(replies=(reply,))

    def listened(self, file: ClientFile, event: MessageReceived) -> Effects:
        self.heard.append(("listened", event.text or event.button_id))
        return Effects()

    def stopped(self, file: ClientFile) -> Effects:
        self.heard.append(("stopped", file.client.client_id))
        return Effects(finished=self.ends)

    def undelivered(self, file: ClientFile, message: OutboxMessage) -> Effects:
        self.heard.append(("undelivered", message.error_code))
        return Effects(finished=self.ends)

    def reached(self, file: ClientFile, message: OutboxMessage, stage: Stage) -> Effects:
        self.heard.append(("reached", stage.value))
        return Effects()
