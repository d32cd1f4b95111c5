"""When nobody knows whether a message left: who can tell, and whether it is said once more (promise 2).

WhatsApp names our own id in its statuses, so it settles the doubt itself, within hours. Other messengers never say, so there it
depends on why we wrote. What is worse, two or none?

| Purpose   | What it is                                       | On doubt   | Because                                          |
|-----------|--------------------------------------------------|------------|--------------------------------------------------|
| MARKETING | reactivation, empty chairs, rewards              | never      | two look like spam and cost a block; none costs  |
|           |                                                  |            | one chance of several: silence has its next step |
| SERVICE   | an answer, a booking's confirmation, "we stop"   | once more  | somebody waits for it; unheard, a client comes   |
|           |                                                  |            | at no hour or a wrong one. Buttons work once     |
| OWNER     | the report, a stopped account, empty chairs      | once more  | the owner reads two with a shrug; an account     |
|           |                                                  |            | that stands still unnoticed costs days           |

Said again it is marked, so that its reader takes it for one message; and only once: what is in doubt then is the operator's.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from comeback.conversations.model import ChannelKind, OutboxMessage, OutboxState, Purpose
from comeback.conversations.outbox import claimed_at
from comeback.texts import text

SAID_ONCE_MORE: Mapping[Purpose, bool] = {
    Purpose.MARKETING: False,
    Purpose.SERVICE: True,
    Purpose.OWNER: True,
}
TELLS_BY_STATUS = frozenset({ChannelKind.WHATSAPP})
"""Whose statuses name our id of a message, though we never heard theirs."""
PAUSE = timedelta(seconds=10)
"""Before it is said once more: a call that timed out on our side may still be under way on theirs."""
STATUS_COMES = timedelta(hours=6)
"""How long WhatsApp's statuses are waited for. Ours to choose: Meta repeats an unanswered webhook for days, ever more rarely."""
REPETITION_COMES = timedelta(minutes=15)
"""How long our own repetition may take: ten receives of the queue; and longer than SQS drops what it knows (5 minutes)."""


def says_once_more(message: OutboxMessage) -> bool:
    """Whether this message in doubt is to be sent again, of our own accord."""
    return (
        message.state is OutboxState.UNCERTAIN
        and SAID_ONCE_MORE[message.purpose]
        and not message.repeated
        and message.address.channel not in TELLS_BY_STATUS
    )


def once_more(message: OutboxMessage) -> OutboxMessage:
    """As if never tried, but for the mark."""
    return replace(message, state=OutboxState.NEW, repeated=True, claimed_by="", claimed_until=None)


def marked(message: OutboxMessage, language: str) -> OutboxMessage:
    """As it reads when it may be the second of its kind. A template's words are Meta's to approve, and stay."""
    if not message.repeated or message.content.template:
        return message
    words = f"{text(language, '(again)')} {message.content.text}"
    return replace(message, content=replace(message.content, text=words))


def may_resolve_itself_until(message: OutboxMessage) -> datetime:
    """Till then a status or our own repetition may come, and nobody needs to look at it."""
    known = message.address.channel in TELLS_BY_STATUS
    return claimed_at(message) + (STATUS_COMES if known else REPETITION_COMES)
