"""The talk about consent: who starts the bot by a link is tied to their client card, and is asked before any offer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from comeback.changes import BindAddress, Change, SaveClient, SaveConsent
from comeback.clients.model import Client, Consent
from comeback.conversations import links
from comeback.conversations.model import (
    Button,
    Content,
    InboundEvent,
    MessageReceived,
    OutboxMessage,
    Purpose,
)
from comeback.ports import ClientFile, Effects, Store
from comeback.texts import supported, text

TEXT_VERSION = "consent-v1"
YES, NO = "consent:yes", "consent:no"
ASK = (
    "Hello! This is {company}. May we remind you here when it is time for your next visit, and offer free times? "
    "You can stop it at any moment: write STOP."
)
START = "/start"


class ConsentTalk:
    def __init__(self, store: Store, secrets: Callable[[str], Mapping[str, str]]) -> None:
        self._store = store
        self._secrets = secrets

    def linked_client(self, company_id: str, event: InboundEvent) -> str | None:
        """The client whose signed link this is."""
        if not isinstance(event, MessageReceived) or not event.start_payload:
            return None
        secret = self._secrets(company_id).get("telegram_webhook_secret", "")
        return links.client_of(company_id, event.start_payload, secret)

    def concerns(self, event: MessageReceived) -> bool:
        return event.text.startswith(START) or event.button_id in (YES, NO)

    def answer(self, file: ClientFile, event: MessageReceived, now: datetime) -> Effects:
        if event.button_id not in (YES, NO):
            return Effects(self._bound(file, event), (self.ask(file, event, now),))
        granted = event.button_id == YES
        client = file.client
        consent = Consent(
            purpose=Purpose.MARKETING,
            granted=granted,
            at=event.at,
            source=f"{event.address.channel.value}_button",
            text_version=TEXT_VERSION,
            channel=event.address.channel,
        )
        words = (
            "Thank you! We will write when it is time."
            if granted
            else "Understood: no reminders. You can always book by writing here."
        )
        said = self._message(file, event, now, text(self._language(file), words))
        return Effects((SaveConsent(client.company_id, client.client_id, consent),), (said,))

    def ask(self, file: ClientFile, event: MessageReceived, now: datetime) -> OutboxMessage:
        language = self._language(file)
        company = self._store.company(file.client.company_id)
        words = text(language, ASK, company=company.title)
        buttons = (
            Button(YES, text(language, "Yes, do")),
            Button(NO, text(language, "No, thanks")),
        )
        return self._message(file, event, now, words, buttons)

    def confirm_stop(
        self, file: ClientFile, event: MessageReceived, now: datetime
    ) -> OutboxMessage:
        words = text(
            self._language(file), "You will not get any more offers from us. Write to us any time."
        )
        return self._message(file, event, now, words)

    def _bound(self, file: ClientFile, event: MessageReceived) -> tuple[Change, ...]:
        """The account that used the link becomes the client's address in this messenger."""
        client = file.client
        if event.address in client.addresses:
            return ()
        return (
            SaveClient(_with_address(client, event)),
            BindAddress(client.company_id, client.client_id, event.address),
        )

    def _language(self, file: ClientFile) -> str:
        own = file.client.language
        return supported(own or self._store.company(file.client.company_id).language)

    def _message(
        self,
        file: ClientFile,
        event: MessageReceived,
        now: datetime,
        words: str,
        buttons: tuple[Button, ...] = (),
    ) -> OutboxMessage:
        return OutboxMessage(
            company_id=file.client.company_id,
            client_id=file.client.client_id,
            outbox_id=f"re.{event.event_id}",
            address=event.address,
            content=Content(words, buttons),
            purpose=Purpose.SERVICE,
            created_at=now,
        )


def _with_address(client: Client, event: MessageReceived) -> Client:
    others = tuple(a for a in client.addresses if a.channel is not event.address.channel)
    unreachable = tuple(c for c in client.unreachable if c is not event.address.channel)
    return replace(client, addresses=(*others, event.address), unreachable=unreachable)
