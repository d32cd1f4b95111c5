"""Whether a message in doubt is said once more: a table, and every purpose and messenger has its line in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from comeback.conversations.doubt import (
    SAID_ONCE_MORE,
    STATUS_COMES,
    TELLS_BY_STATUS,
    marked,
    may_resolve_itself_until,
    once_more,
    says_once_more,
)
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Content,
    OutboxMessage,
    OutboxState,
    Purpose,
    TemplateCall,
)
from comeback.conversations.outbox import claim
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MESSAGE = OutboxMessage(
    "salon", "anna", "re.1", Address(ChannelKind.TELEGRAM, "1"), Content("hi"), Purpose.SERVICE, NOW
)
MESSAGES = st.builds(
    replace,
    st.just(MESSAGE),
    purpose=st.sampled_from(Purpose),
    address=st.builds(Address, st.sampled_from(ChannelKind), st.just("1")),
    state=st.sampled_from(OutboxState),
    repeated=st.booleans(),
)


def test_the_table_has_a_line_for_every_purpose() -> None:
    assert set(SAID_ONCE_MORE) == set(Purpose)


@given(MESSAGES)
def test_only_doubt_is_repeated_once_and_never_marketing(message: OutboxMessage) -> None:
    if says_once_more(message):
        assert message.state is OutboxState.UNCERTAIN
        assert message.purpose is not Purpose.MARKETING
        assert message.address.channel not in TELLS_BY_STATUS
        again = replace(once_more(message), state=OutboxState.UNCERTAIN)
        assert not says_once_more(again)


@given(MESSAGES)
def test_what_is_said_once_more_can_be_claimed_by_anybody(message: OutboxMessage) -> None:
    claimed = claim(once_more(message), "somebody", NOW)
    assert claimed is not None
    assert claimed.repeated


@pytest.mark.parametrize(("language", "words"), [("ru-RU", "(повтор) hi"), ("en", "(again) hi")])
def test_the_second_says_so(language: str, words: str) -> None:
    assert marked(MESSAGE, language) == MESSAGE
    assert marked(replace(MESSAGE, repeated=True), language).content.text == words


def test_a_templates_words_stay() -> None:
    content = Content("hi", template=TemplateCall("comeback", "ru", ()))
    message = replace(MESSAGE, content=content, repeated=True)
    assert marked(message, "ru") == message


def test_whatsapps_word_is_waited_for_since_it_was_tried() -> None:
    tried = NOW + timedelta(hours=3)
    claimed = claim(replace(MESSAGE, address=Address(ChannelKind.WHATSAPP, "7999")), "us", tried)
    assert claimed is not None
    assert may_resolve_itself_until(claimed) == tried + STATUS_COMES
