"""The owner is asked about tomorrow's unsold times in words, and a press is answered once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from comeback.bookings.model import Slot
from comeback.changes import SaveProposal
from comeback.companies.model import BusinessType, Company
from comeback.conversations import owner
from comeback.conversations.model import Address, ChannelKind, MessageReceived, Purpose
from comeback.reactivation.model import Candidate, Proposal, ProposalState

ON = date(2026, 3, 3)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)  # Monday, three in Moscow
CHAT = Address(ChannelKind.TELEGRAM, "1")
SALON = Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY, owner=CHAT)
SLOT = Slot("cut", "olga", NOW + timedelta(days=1), 60)
PROPOSAL = Proposal(
    "salon",
    ON,
    tuple(Candidate(name, "cut", SLOT, 0.4) for name in ("anna", "boris", "vera")),
    8,
    (("olga", 300), ("ira", 75)),
    ProposalState.ASKED,
    version=1,
)
NAMES = {"olga": "Ольга", "ira": "Ира"}


def press(
    button: str, proposal: Proposal | None = PROPOSAL, at: datetime = NOW
) -> tuple[str, list[object]]:
    """What the owner reads, and what changes."""
    event = MessageReceived("tg.1", CHAT, at, button_id=button)
    stored = {} if proposal is None else {("salon", proposal.on): proposal}
    effects = owner.answer(SALON, event, None, at, lambda *key: stored.get(key))
    (reply,) = effects.replies
    assert (reply.outbox_id, reply.purpose) == ("re.tg.1", Purpose.OWNER)
    return reply.content.text, list(effects.changes)


def test_the_owner_reads_how_much_is_unsold_with_whom_and_may_say_yes_or_no() -> None:
    asked = owner.empty_chairs(SALON, PROPOSAL, NAMES, NOW)
    assert asked is not None
    assert asked.content.text == (
        "На завтра, вторник, 3 марта, ещё свободно: Ольга — 5 часов, Ира — 1 час. "
        "Предложить это время 3 клиентам? Напишем тем, кто скорее всего придёт."
    )
    buttons = [(b.button_id, b.title) for b in asked.content.buttons]
    assert buttons == [
        ("owner:chairs:2026-03-03:yes", "Да, предложить"),
        ("owner:chairs:2026-03-03:no", "Нет, не надо"),
    ]
    assert (asked.outbox_id, asked.address) == ("owner.chairs.2026-03-03", CHAT)


def test_who_need_not_be_asked_is_told() -> None:
    approved = replace(PROPOSAL, state=ProposalState.APPROVED, candidates=PROPOSAL.candidates[:1])
    told = owner.empty_chairs(replace(SALON, language="en"), approved, {}, NOW)
    assert told is not None
    assert told.content.text.endswith(
        "olga — 5 hours, ira — 1 hour. We offer this time to 1 client: those who are most likely to come."
    )
    assert told.content.buttons == ()
    assert owner.empty_chairs(replace(SALON, owner=None), approved, {}, NOW) is None


@pytest.mark.parametrize(
    ("choice", "state", "said"),
    [
        ("yes", ProposalState.APPROVED, "Хорошо, пишем 3 клиентам."),
        ("no", ProposalState.DECLINED, "Поняли, никому не пишем."),
    ],
)
def test_the_first_press_decides(choice: str, state: ProposalState, said: str) -> None:
    words, changes = press(f"owner:chairs:2026-03-03:{choice}")
    assert words == said
    assert changes == [SaveProposal(replace(PROPOSAL, state=state))]


@pytest.mark.parametrize("state", [ProposalState.APPROVED, ProposalState.STARTED])
def test_a_second_press_changes_nothing(state: ProposalState) -> None:
    for choice in ("yes", "no"):
        decided = replace(PROPOSAL, state=state)
        words, changes = press(f"owner:chairs:2026-03-03:{choice}", decided)
        assert (words, changes) == ("Вы уже согласились: пишем 3 клиентам.", [])
    declined = replace(PROPOSAL, state=ProposalState.DECLINED)
    words, changes = press("owner:chairs:2026-03-03:yes", declined)
    assert (words, changes) == ("Вы уже отказались: никому не пишем.", [])


def test_after_the_day_it_is_too_late() -> None:
    """Half an hour before the sending window closes at seven in Moscow no tick might come any more."""
    evening = NOW.replace(hour=15, minute=30)
    assert press("owner:chairs:2026-03-03:yes", at=evening - timedelta(seconds=1))[1]
    for late in (evening, evening + timedelta(days=1)):
        words, changes = press("owner:chairs:2026-03-03:yes", at=late)
        assert (words, changes) == ("На 3 марта уже поздно: никому не пишем.", [])


@pytest.mark.parametrize(
    "button",
    ["owner:chairs:2026-03-04:yes", "owner:chairs:tomorrow:yes", "owner:chairs:2026-03-03:maybe"],
)
def test_what_was_never_asked_is_closed(button: str) -> None:
    assert press(button) == ("Этот вопрос уже закрыт.", [])


def test_who_is_not_the_owner_decides_nothing() -> None:
    stranger = Address(ChannelKind.TELEGRAM, "2")
    event = MessageReceived("tg.1", stranger, NOW, button_id="owner:chairs:2026-03-03:yes")
    effects = owner.answer(SALON, event, None, NOW, lambda *_: PROPOSAL)
    assert effects.changes == ()
    assert effects.replies[0].content.text == "Эта кнопка для владельца Salon."
