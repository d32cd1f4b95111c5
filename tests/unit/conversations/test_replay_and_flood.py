"""A captured webhook played again, early or late, does nothing; who floods is heard but not answered, and no model reads it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.clients.model import opted_out
from comeback.conversations.flood import MOST
from comeback.conversations.model import DeliveryStatus, InboundEvent
from comeback.conversations.receive import OLDEST
from comeback.storage.items.conversations import EVENT_MEMORY
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.conversations.conftest import CHAT, Salon, salon
from tests.unit.conversations.inbound import (
    blocked,
    pressed,
    receive,
    resumed,
    status,
    texts,
    wrote,
)

TWICE = pytest.mark.fault("a captured webhook is played again", "one effect; after 28 days refused")
FLOOD = pytest.mark.fault(
    "one address floods us with messages", "20 a minute answered, rest counted"
)


# ── replays ──────────────────────────────────────────────────────────────────────────────────────


def everything(salon: Salon) -> list[InboundEvent]:
    words = [wrote(salon, "Привет"), wrote(salon, "Стоп", event_id="s1"), pressed(salon, "slot:1")]
    return [*words, blocked(salon), resumed(salon), status(salon, DeliveryStatus.READ)]


@TWICE
@pytest.mark.parametrize("n", range(6))
@pytest.mark.parametrize("days", [0, 1, 27, 28, 29, 31, 365])
def test_played_again_it_has_no_second_effect(salon: Salon, n: int, days: int) -> None:
    """The memory of events is emptied where the table's TTL would have done it."""
    salon.offer(CHAT)
    event = everything(salon)[n]
    receive(salon, event)
    file, heard, said = salon.file(), list(salon.dialogue.heard), texts(salon)
    salon.clock.advance(days=days)
    if timedelta(days=days) >= EVENT_MEMORY:
        forget(salon)
    receive(salon, event)
    assert (salon.file(), salon.dialogue.heard, texts(salon)) == (file, heard, said)


def forget(salon: Salon) -> None:
    kept = salon.store._items
    for key in [key for key in kept if key[0] == "event"]:
        del kept[key]


@TWICE
def test_too_old_is_counted_and_named(salon: Salon) -> None:
    event = wrote(salon, "Привет")
    salon.clock.advance(days=28, seconds=1)
    receive(salon, event)
    assert salon.skipped == [("EventsTooOld", "salon", "e1")]
    assert salon.dialogue.heard == []
    assert salon.file().conversations == ()


@TWICE
def test_what_is_late_for_good_reason_is_heard(salon: Salon) -> None:
    """A messenger's last try, then all our queue and its dead letters can keep it."""
    event = wrote(salon, "Привет")
    salon.clock.advance(days=7 + 4 + 14)
    receive(salon, event)
    assert len(salon.dialogue.heard) == 1


@TWICE
def test_nothing_let_in_can_have_been_forgotten() -> None:
    """An event is remembered from its effect on, which is not before it happened: clocks may differ by a day."""
    assert OLDEST + timedelta(days=1) <= EVENT_MEMORY


# ── floods ───────────────────────────────────────────────────────────────────────────────────────


def flood(salon: Salon, n: int, every: timedelta = timedelta(0), text: str = "Привет") -> None:
    for k in range(n):
        receive(salon, wrote(salon, text, event_id=f"f{salon.clock.now().isoformat()}.{k}"))
        salon.clock.advance(seconds=every.total_seconds())


@FLOOD
def test_the_model_reads_twenty_a_minute(salon: Salon) -> None:
    flood(salon, 500)
    assert len(salon.dialogue.heard) == MOST
    assert [why for why, *_ in salon.skipped] == ["EventsFlooded"] * (500 - MOST)
    salon.clock.advance(seconds=60)
    receive(salon, wrote(salon, "Можно завтра?", event_id="later"))
    assert len(salon.dialogue.heard) == MOST + 1


@FLOOD
@pytest.mark.parametrize("seconds", [4, 10])
def test_a_hasty_person_is_answered(salon: Salon, seconds: int) -> None:
    flood(salon, 40, every=timedelta(seconds=seconds))
    assert len(salon.dialogue.heard) == 40
    assert salon.skipped == []


@FLOOD
def test_a_stop_in_a_flood_is_obeyed_and_not_answered(salon: Salon) -> None:
    flood(salon, MOST)
    before = texts(salon)
    receive(salon, wrote(salon, "Стоп", event_id="stop"))
    assert opted_out(salon.file().consents)
    assert texts(salon) == before


@FLOOD
def test_a_no_in_a_flood_is_written_down(salon: Salon) -> None:
    flood(salon, MOST)
    before = texts(salon)
    receive(salon, pressed(salon, "consent:no"))
    assert [c.granted for c in salon.file().consents][-1] is False
    assert texts(salon) == before


@FLOOD
def test_one_persons_flood_is_not_anothers(salon: Salon) -> None:
    flood(salon, 2 * MOST)
    other = replace(CHAT, value="2002")
    receive(salon, wrote(salon, "Привет", other, "o1"), wrote(salon, "Ещё", other, "o2"))
    assert len(salon.dialogue.heard) == MOST + 2


@FLOOD
def test_what_waited_while_we_were_down_is_no_flood(salon: Salon) -> None:
    events = []
    for n in range(3 * MOST):
        events.append(wrote(salon, "Привет", event_id=f"w{n}"))
        salon.clock.advance(minutes=1)
    receive(salon, *events)
    assert len(salon.dialogue.heard) == 3 * MOST


@FLOOD
@given(st.lists(st.floats(0, 90), min_size=1, max_size=60))
def test_in_no_minute_are_more_than_twice_as_many_answered(gaps: list[float]) -> None:
    """Minutes are counted from the first message on, so two of them may meet."""
    made = salon.__wrapped__()  # type: ignore[attr-defined]  # hypothesis wants a new one each time
    answered = []
    for n, gap in enumerate(gaps):
        made.clock.advance(seconds=gap)
        event = wrote(made, "Привет", event_id=f"g{n}")
        receive(made, event)
        if made.dialogue.heard and made.dialogue.heard[-1] == event:
            answered.append(event.at)
    for at in answered:
        assert sum(at <= other < at + timedelta(minutes=1) for other in answered) <= 2 * MOST
    assert len(made.skipped) == len(gaps) - len(answered)
