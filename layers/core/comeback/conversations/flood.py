"""How much one address may ask of us: who floods is heard, but not answered, and no model reads it.

Counted in the head of the conversation, which is written with every message anyway, by the messenger's own time: messages that
waited in a queue while we were down are no flood.
"""

from datetime import timedelta

from comeback.changes import TouchConversation
from comeback.conversations.model import Conversation, MessageReceived

MINUTE = timedelta(minutes=1)
MOST = 20
"""Messages and presses of one address in a minute that are answered. A hasty person makes ten; our choice, no source."""


def touched(
    company_id: str, client_id: str, talk: Conversation | None, event: MessageReceived
) -> TouchConversation:
    """The conversation's head after `event`, which is not older than the last that was heard."""
    began, counted = (talk.minute_began, talk.in_minute) if talk else (None, 0)
    if began is None or event.at - began >= MINUTE:
        began, counted = event.at, 0
    return TouchConversation(company_id, client_id, event.address, event.at, began, counted + 1)


def too_many(talk: Conversation | None, event: MessageReceived) -> bool:
    """Whether so many came in the minute before `event` that it goes unanswered."""
    if talk is None or talk.minute_began is None:
        return False
    return talk.in_minute >= MOST and abs(event.at - talk.minute_began) < MINUTE
