"""What passed between us and a client, in order: all that we wrote, and when they were heard.

What clients write to the bot is read once, by rules and the model, and not kept: of it stands when, and what was understood.
What they write while a person answers is kept for 30 days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from comeback.conversations.model import (
    ChannelKind,
    Heard,
    OutboxMessage,
    OutboxState,
    Purpose,
)
from comeback.ports import ClientFile
from comeback.reactivation.model import Outcome


@dataclass(frozen=True)
class Said:
    """By us, with text and state; or by the client, with what was understood where it was an answer to a journey."""

    at: datetime
    by_client: bool
    channel: ChannelKind | None = None
    text: str = ""
    buttons: tuple[str, ...] = ()
    state: OutboxState | None = None
    purpose: Purpose | None = None
    journey_id: str = ""
    understood: Outcome | None = None


def thread(
    file: ClientFile, messages: Sequence[OutboxMessage], heard: Sequence[Heard]
) -> tuple[Said, ...]:
    """Oldest first."""
    known = {said.at: said for said in (*_last_words(file), *_answers(file), *_kept(heard))}
    return tuple(sorted((*_ours(messages), *known.values()), key=lambda one: one.at))


def _ours(messages: Sequence[OutboxMessage]) -> Iterator[Said]:
    for message in messages:
        yield Said(
            at=message.created_at,
            by_client=False,
            channel=message.address.channel,
            text=message.content.text,
            buttons=tuple(button.title for button in message.content.buttons),
            state=message.state,
            purpose=message.purpose,
            journey_id=message.journey_id or "",
        )


def _kept(heard: Sequence[Heard]) -> Iterator[Said]:
    for words in heard:
        yield Said(at=words.at, by_client=True, channel=words.channel, text=words.text)


def _answers(file: ClientFile) -> Iterator[Said]:
    for journey in file.journeys:
        for attempt in journey.attempts:
            if attempt.answered_at:
                yield Said(
                    at=attempt.answered_at,
                    by_client=True,
                    channel=attempt.address.channel if attempt.address else None,
                    journey_id=journey.journey_id,
                    understood=attempt.outcome,
                )


def _last_words(file: ClientFile) -> Iterator[Said]:
    """Of each channel; what more is known of the same moment stands in its place."""
    for talk in file.conversations:
        if talk.last_inbound_at:
            yield Said(at=talk.last_inbound_at, by_client=True, channel=talk.address.channel)
