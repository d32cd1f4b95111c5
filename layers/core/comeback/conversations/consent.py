"""The talk about consent: who starts the bot by a link is tied to their client card, and is asked before any offer."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from comeback.changes import Change, SaveConsent
from comeback.clients.model import Consent
from comeback.conversations import links
from comeback.conversations.binding import bind
from comeback.conversations.model import (
    Button,
    InboundEvent,
    MessageReceived,
    OutboxMessage,
    Purpose,
)
from comeback.errors import NotFound
from comeback.ports import ClientFile, Effects, Store
from comeback.rotation import link_keys
from comeback.texts import supported, text

TEXT_VERSION = "consent-v1"
"""Of the words below; a change of their meaning needs a new one, as it stands in the consent ledger."""
YES, NO = "consent:yes", "consent:no"
ASK = (
    "Hello! This is {company}. May we remind you here when it is time for your next visit, and offer free times? "
    "You can stop it at any moment: write STOP."
)
AGREED = "Thank you! We will write when it is time."
DECLINED = "Understood: no reminders. You can always book by writing here."
STOPPED = "You will not get any more offers from us. Write to us any time."
START = "/start"
COUNTED_ON = timedelta(days=7)
"""After a week without any update Telegram begins to number anew (Bot API, `Update`)."""
INSTANT = timedelta(microseconds=1)


class ConsentTalk:
    """`secrets`: company id → the company's secrets, which sign its personal links."""

    def __init__(self, store: Store, secrets: Callable[[str], Mapping[str, str]]) -> None:
        self._store = store
        self._secrets = secrets

    def linked_client(self, company_id: str, event: InboundEvent) -> str | None:
        """The client whose signed link this is."""
        if not isinstance(event, MessageReceived) or not event.start_payload:
            return None
        keys = link_keys(self._secrets(company_id), event.at)
        named = (links.client_of(company_id, event.start_payload, key) for key in keys)
        return next(filter(None, named), None)

    def concerns(self, event: MessageReceived) -> bool:
        return event.text.split(maxsplit=1)[:1] == [START] or event.button_id in (YES, NO)

    def answer(self, file: ClientFile, event: MessageReceived, now: datetime) -> Effects:
        if event.button_id in (YES, NO):
            return self._decided(file, event, now)
        started = _given(file, event, Purpose.SERVICE, True, "start")
        return Effects((*self._bound(file, event), started), (self.ask(file, event, now),))

    def ask(
        self, file: ClientFile, event: MessageReceived, now: datetime, part: str = ""
    ) -> OutboxMessage:
        company = self._store.company(file.client.company_id)
        language = supported(file.client.language or company.language)
        words = text(language, ASK, company=company.title)
        buttons = (
            Button(YES, text(language, "Yes, do")),
            Button(NO, text(language, "No, thanks")),
        )
        return file.answer(event, now, words, buttons, part)

    def confirm_stop(
        self, file: ClientFile, event: MessageReceived, now: datetime
    ) -> OutboxMessage:
        return self._say(file, event, now, STOPPED)

    def _decided(self, file: ClientFile, event: MessageReceived, now: datetime) -> Effects:
        granted = event.button_id == YES
        consent = _given(file, event, Purpose.MARKETING, granted, "button")
        said = self._say(file, event, now, AGREED if granted else DECLINED)
        return Effects((consent,), (said,))

    def _say(
        self, file: ClientFile, event: MessageReceived, now: datetime, words: str
    ) -> OutboxMessage:
        own = file.client.language
        language = supported(own or self._store.company(file.client.company_id).language)
        return file.answer(event, now, text(language, words))

    def _bound(self, file: ClientFile, event: MessageReceived) -> tuple[Change, ...]:
        """The account that used the link becomes the client's address in this messenger; a newcomer's is already."""
        client = file.client
        if client.version == 0:
            return ()
        owner_id = self._store.client_at(client.company_id, event.address)
        owner = file if owner_id == client.client_id else self._file(client.company_id, owner_id)
        return bind(file, event.address, owner)

    def _file(self, company_id: str, client_id: str | None) -> ClientFile | None:
        try:
            return self._store.client(company_id, client_id) if client_id else None
        except NotFound:
            return None


def _given(
    file: ClientFile, event: MessageReceived, purpose: Purpose, granted: bool, how: str
) -> SaveConsent:
    """Starting the bot is a consent to be answered; to marketing only the button is one."""
    channel = event.address.channel
    source, at = f"{channel.value}_{how}", _before_refusals(file, event) if granted else event.at
    consent = Consent(purpose, granted, at, source, TEXT_VERSION, channel, event.serial)
    return SaveConsent(file.client.company_id, file.client.client_id, consent)


def _before_refusals(file: ClientFile, event: MessageReceived) -> datetime:
    """Telegram dates no press, and may bring one again hours later: a refusal that it numbers higher was said after it."""
    later = (
        c.at
        for c in file.consents
        if not c.granted and 0 < event.serial < c.serial and event.at - c.at < COUNTED_ON
    )
    return min([event.at, *(at - INSTANT for at in later)])
