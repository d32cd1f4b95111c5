"""Answers of AWS that are lost after the work was done: the company's life ends as if none had been.

Two lives are lived clean, one per messenger: from the tick that finds a client due to the booking that is in the book and
confirmed. Then again, with every write call hit in turn, and with all of them hit at once. Which calls there are is seen, not
listed: a call that is added tomorrow is hit, too.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from comeback.conversations.model import ChannelKind, OutboxState
from comeback.storage.calendar import DynamoCalendar

from tests.e2e.faulty_wire import LATE, LOST, THROTTLED, Plan, Wire, called
from tests.e2e.indoors import Indoors
from tests.e2e.remains import phone
from tests.e2e.shop import Shop, buttons_of, says_nothing, text_of
from tests.e2e.twice import twice

TELEGRAM, WHATSAPP = ChannelKind.TELEGRAM, ChannelKind.WHATSAPP
SERIALS = count(8001)
MESSAGES = {TELEGRAM: 2, WHATSAPP: 3}
"""The offer and the confirmation; a template has no room for times, so WhatsApp's offer is followed by the choice."""
FEWEST_WRITES = 25
"""Of a life by Telegram. Fewer seen means that the proxy is passed by."""


# ── a life, and how it ended ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class End:
    """All that counts, nothing that names a moment or an id."""

    phone: tuple[int, ...]
    """The messages on it, by how many buttons each has."""
    booked: tuple[int, int]
    """In the client's file and in the staff's calendar."""
    funnel: Mapping[str, int]
    journeys: tuple[tuple[str, str | None, int], ...]
    executions: tuple[str, ...]
    outbox: tuple[tuple[str, str], ...]
    signals: Mapping[str, int]
    tried_and_won: Mapping[str, tuple[int, int]]
    trials: int
    due: int
    left_in_queues: int


def live(
    home: Indoors,
    wire: Wire,
    channel: ChannelKind,
    plan: Plan,
    prepare: Callable[[Shop], None] = lambda _salon: None,
) -> End:
    """A fresh company of one client, from the tick to the confirmed booking."""
    home.next_morning()  # how many times are free, and so the buttons, differs by the hour
    salon = fresh(home, channel)
    prepare(salon)
    others = home.running()  # of a life that failed
    wire.begin(plan)
    salon.campaign()
    home.until(lambda: len(phone(salon)) >= 1, "the offer")
    while len(phone(salon)) < MESSAGES[channel]:
        said = phone(salon)
        salon.press(said[-1], buttons_of(said[-1])[0])
        home.until(partial(_more_than, salon, len(said)), "the answer")
    home.until(lambda: not home.running() - others, "the journey's end")
    wire.arrived()
    home.quiet()
    wire.plan = Plan()
    home.close(salon)
    return end(home, salon)


def _more_than(salon: Shop, n: int) -> bool:
    return len(phone(salon)) > n


def fresh(home: Indoors, channel: ChannelKind) -> Shop:
    serial = next(SERIALS)
    salon = Shop(home, f"indoors-{serial}", channel, serial)
    salon.open()
    return salon


def end(home: Indoors, salon: Shop) -> End:
    store, company_id = home.store, salon.company.company_id
    file = store.client(company_id, salon.client_id)
    days = [home.now().date() + timedelta(days=n) for n in range(-2, 30)]
    in_book = DynamoCalendar(store).booked(company_id, ("1", "2"), days)
    arms = store.arms(company_id)
    return End(
        phone=tuple(len(buttons_of(message)) for message in phone(salon)),
        booked=(len(salon.booked()), len(in_book)),
        funnel=salon.funnel(),
        journeys=tuple((j.state, j.completion, j.attempt.number) for j in file.journeys),
        executions=home.executions(company_id),
        outbox=tuple(
            sorted((m.purpose, m.state) for m in store.messages(company_id, salon.client_id))
        ),
        signals=_signals(home, company_id),
        tried_and_won={
            name: (sum(t.tried for t in tallies.values()), sum(t.won for t in tallies.values()))
            for name, tallies in arms.items()
        },
        trials=len(file.trials),
        due=len(file.due),
        left_in_queues=sum(home.depths().values()),
    )


def _signals(home: Indoors, company_id: str) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for account in home.store.accounts(company_id).values():
        for day in account.days:
            sums.update({signal.value: n for signal, n in day.counts.items()})
    return dict(sums)


@dataclass(frozen=True)
class Clean:
    end: End
    writes: tuple[str, ...]


@pytest.fixture(scope="module")
def clean(home: Indoors, wire: Wire) -> Callable[[ChannelKind], Clean]:
    lived: dict[ChannelKind, Clean] = {}

    def of(channel: ChannelKind) -> Clean:
        if channel not in lived:
            ended = live(home, wire, channel, Plan())
            lived[channel] = Clean(ended, tuple(wire.writes))
        return lived[channel]

    return of


# ── AWS' answers ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", [TELEGRAM, WHATSAPP])
@twice
def test_a_life_that_nothing_disturbs(
    clean: Callable[[ChannelKind], Clean], channel: ChannelKind
) -> None:
    ended = clean(channel).end
    assert len(ended.phone) == MESSAGES[channel]
    assert ended.booked == (1, 1)
    assert ended.funnel["booked"] == ended.funnel["contacted"] == ended.funnel["due"] == 1
    assert ended.executions == ("SUCCEEDED",)
    assert {state for _, state in ended.outbox} <= {"sent", "delivered", "read"}
    assert (ended.left_in_queues, len(clean(channel).writes) >= FEWEST_WRITES) == (0, True)
    written = {name.split(".")[0] for name in clean(channel).writes}
    assert written >= {"DynamoDB", "AmazonSQS", "AWSStepFunctions", "S3"}


@pytest.mark.fault("Each AWS write's answer is lost, in all the SDK's tries", "As if none had been")
@pytest.mark.timeout(900)
@twice
def test_every_call_in_turn_whose_answer_never_comes(
    home: Indoors, wire: Wire, clean: Callable[[ChannelKind], Clean]
) -> None:
    """The service did the work each time, and our code never hears of it: queue and state machine bring the cause back."""
    expected = clean(TELEGRAM)
    for nth, name in enumerate(expected.writes):
        with called(nth, name):
            ended = live(home, wire, TELEGRAM, Plan(LOST, nth, every_try=True))
            assert wire.fired() == wire.hit >= 2
            assert differences(expected.end, ended) == {}


@pytest.mark.parametrize("channel", [TELEGRAM, WHATSAPP])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            LOST,
            marks=pytest.mark.fault(
                "Each AWS write's first answer is lost, the SDK asks again", "As if none had been"
            ),
        ),
        pytest.param(
            LATE,
            marks=pytest.mark.fault(
                "Each AWS write arrives after its own repetition", "As if it had come once"
            ),
        ),
        pytest.param(
            THROTTLED,
            marks=pytest.mark.fault("Each AWS write is throttled once", "As if it had not been"),
        ),
    ],
)
@twice
def test_every_call_at_once(
    home: Indoors,
    wire: Wire,
    clean: Callable[[ChannelKind], Clean],
    channel: ChannelKind,
    fault: str,
) -> None:
    expected = clean(channel).end
    ended = live(home, wire, channel, Plan(fault))
    assert wire.fired() == wire.hit >= FEWEST_WRITES
    assert differences(expected, ended) == {}


@pytest.mark.fault("AWS throttles one call in all the SDK's tries", "As if it had not")
@twice
def test_throttling_that_the_sdk_does_not_get_over(
    home: Indoors, wire: Wire, clean: Callable[[ChannelKind], Clean]
) -> None:
    """One call of each kind: the queue, the machine or the schedule brings its cause back."""
    expected = clean(TELEGRAM)
    for name in sorted(set(expected.writes)):
        nth = expected.writes.index(name)
        with called(nth, name):
            ended = live(home, wire, TELEGRAM, Plan(THROTTLED, nth, every_try=True))
            assert differences(expected.end, ended) == {}


def differences(expected: End, found: End) -> dict[str, tuple[object, object]]:
    both = {name: (getattr(expected, name), getattr(found, name)) for name in vars(expected)}
    return {name: (was, now) for name, (was, now) in both.items() if was != now}


# ── the messengers' answers ──────────────────────────────────────────────────────────────────────


@pytest.mark.fault(
    "WhatsApp takes a message and says nothing", "Its status settles it by our own id"
)
@twice
def test_whatsapp_says_nothing_and_its_status_settles_it(
    home: Indoors, wire: Wire, clean: Callable[[ChannelKind], Clean]
) -> None:
    ended = live(home, wire, WHATSAPP, Plan(), says_nothing)
    assert differences(clean(WHATSAPP).end, ended) == {}


@pytest.mark.fault("Telegram takes an offer and says nothing", "Never sent again; its button books")
@twice
def test_telegram_says_nothing_of_an_offer(
    home: Indoors, wire: Wire, clean: Callable[[ChannelKind], Clean]
) -> None:
    expected = clean(TELEGRAM).end
    ended = live(home, wire, TELEGRAM, Plan(), says_nothing)
    assert (ended.phone, ended.booked) == (expected.phone, expected.booked)
    assert ended.outbox == (("marketing", "uncertain"), ("service", "sent"))
    assert ended.journeys == expected.journeys


@pytest.mark.fault("Telegram takes a confirmation and says nothing", "Said once more, marked")
@twice
def test_telegram_says_nothing_of_a_confirmation(
    home: Indoors, wire: Wire, clean: Callable[[ChannelKind], Clean]
) -> None:
    salon = fresh(home, TELEGRAM)
    others = home.running()
    salon.campaign()
    home.until(lambda: len(phone(salon)) == 1, "the offer")
    (offer,) = phone(salon)
    says_nothing(salon)
    salon.press(offer, buttons_of(offer)[0])
    home.until(lambda: not home.running() - others, "the journey's end")
    home.close(salon)
    _, confirmed, again = map(text_of, phone(salon))
    assert again == f"(again) {confirmed}"
    (offered, answered) = sorted(
        home.store.messages(salon.company.company_id, salon.client_id), key=lambda m: m.purpose
    )
    assert (offered.repeated, answered.repeated, answered.state) == (False, True, OutboxState.SENT)
    assert end(home, salon).booked == clean(TELEGRAM).end.booked
