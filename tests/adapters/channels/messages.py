"""Messages for the tests of the messengers' adapters."""

from datetime import UTC, datetime

from comeback.conversations.model import (
    Address,
    Button,
    ChannelKind,
    Content,
    OutboxMessage,
    Purpose,
)

NOBODY = "http://127.0.0.1:9"
"""The discard port: nothing listens, connections are refused."""


def message(
    channel: ChannelKind, to: str | int, content: Content | str = "Здравствуйте!"
) -> OutboxMessage:
    return OutboxMessage(
        company_id="salon",
        client_id="anna",
        outbox_id="j1.1",
        address=Address(channel, str(to)),
        content=content if isinstance(content, Content) else Content(content),
        purpose=Purpose.MARKETING,
        created_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    )


def slots(count: int) -> tuple[Button, ...]:
    return tuple(Button(f"slot:{n}", f"вт 24 ноября, {9 + n}:00") for n in range(1, count + 1))
