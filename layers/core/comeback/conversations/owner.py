"""The owner's own thread: how it is connected, what is told there, and what its buttons do."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from comeback.changes import ChangeAccount, SetOwner
from comeback.companies.model import Company
from comeback.conversations import chairs
from comeback.conversations.model import (
    NAMES,
    OWNER,
    Button,
    ChannelKind,
    Content,
    MessageReceived,
    OutboxMessage,
    Purpose,
    resume_button,
)
from comeback.ports import Effects
from comeback.reactivation.model import Proposal, ProposalState
from comeback.texts import supported, text

CONNECTED = (
    "This chat is now connected to {company}: here you will get a report every morning, and a word when something "
    "needs your eye."
)
ACCOUNT_STOPPED = (
    "{channel} has stopped our messages (code {code}). Nothing more goes out there until it is safe again; clients who "
    "can be reached elsewhere are written to there. Look into the messenger's own console, then press the button."
)
TEMPLATE_OUT = (
    "WhatsApp has paused the template {template}. Messages that need it go out in other words or wait. Look into "
    "WhatsApp Manager."
)
RESUMED = "{channel} goes on, slowly at first."
NOT_YOURS = "This button belongs to the owner of {company}."
RESUME = "Go on"
PREFIX = "owner"

Proposals = Callable[[str, date], Proposal | None]
"""By company id and the day of the empty chairs."""


def account_stopped(
    company: Company, channel: ChannelKind, code: str, at: datetime
) -> OutboxMessage | None:
    """Once a day per account and code, with the button to go on."""
    language = supported(company.language)
    words = text(language, ACCOUNT_STOPPED, channel=NAMES[channel], code=code)
    button = Button(resume_button(channel), text(language, RESUME))
    cause = f"stopped.{channel.value}.{code}.{at.astimezone(UTC).date()}"
    return _told(company, cause, at, Content(words, (button,)))


def template_out(company: Company, template: str, at: datetime) -> OutboxMessage | None:
    """Once a day per template."""
    words = text(supported(company.language), TEMPLATE_OUT, template=template)
    return _told(company, f"template.{template}.{at.astimezone(UTC).date()}", at, Content(words))


def empty_chairs(
    company: Company, proposal: Proposal, names: Mapping[str, str], now: datetime
) -> OutboxMessage | None:
    """The question with its two buttons; a mere word where nobody need be asked. `names`: of staff, by id."""
    language = supported(company.language)
    buttons: tuple[Button, ...] = ()
    if proposal.state is ProposalState.ASKED:
        verb = f"{PREFIX}:chairs:{proposal.on.isoformat()}"
        buttons = tuple(
            Button(f"{verb}:{choice}", text(language, label))
            for choice, label in chairs.LABELS.items()
        )
    words = chairs.question(company, proposal, names)
    return _told(company, proposal.cause, now, Content(words, buttons))


def _told(company: Company, cause: str, now: datetime, content: Content) -> OutboxMessage | None:
    """None when no owner is connected."""
    if company.owner is None:
        return None
    return OutboxMessage.to_owner(company.company_id, company.owner, cause, content, now)


def concerns(event: MessageReceived, linked: str | None) -> bool:
    return linked == OWNER or event.button_id.startswith(f"{PREFIX}:")


def answer(
    company: Company,
    event: MessageReceived,
    linked: str | None,
    now: datetime,
    proposals: Proposals,
) -> Effects:
    if linked == OWNER:
        connected = SetOwner(company.company_id, event.address)
        return Effects((connected,), (_reply(company, event, now, CONNECTED),))
    if event.address != company.owner:
        return Effects((), (_reply(company, event, now, NOT_YOURS),))
    _, verb, *rest = event.button_id.split(":")
    if verb == "resume" and rest and rest[0] in set(ChannelKind):
        channel = ChannelKind(rest[0])
        resumed = ChangeAccount(company.company_id, channel, now, resumed_at=now)
        said = _reply(company, event, now, RESUMED, channel=NAMES[channel])
        return Effects((resumed,), (said,))
    if verb == "chairs" and len(rest) == 2:
        on, choice = rest
        proposal = _proposal(company.company_id, on, proposals)
        changes, words = chairs.answer(company, proposal, choice, now)
        return Effects(changes, (_said(company, event, now, words),))
    return Effects()


def _proposal(company_id: str, on: str, proposals: Proposals) -> Proposal | None:
    try:
        return proposals(company_id, date.fromisoformat(on))
    except ValueError:
        return None


def _reply(
    company: Company, event: MessageReceived, now: datetime, words: str, **variables: str
) -> OutboxMessage:
    said = text(supported(company.language), words, company=company.title, **variables)
    return _said(company, event, now, said)


def _said(company: Company, event: MessageReceived, now: datetime, said: str) -> OutboxMessage:
    content = Content(said)
    return OutboxMessage.answering(event, company.company_id, OWNER, content, now, Purpose.OWNER)
