"""What messengers refuse, on a whole journey: elsewhere, later, never again, or not at all; and who is not written to.

Long on purpose: every refusal stands beside the others (external-apis.md, B2).
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.changes import (
    BindAddress,
    ChangeAccount,
    SaveClient,
    SaveConsent,
    SaveIncident,
)
from comeback.clients.model import Consent, may_market, opted_out
from comeback.conversations.model import (
    OWNER,
    Address,
    ChannelKind,
    DeliveryStatus,
    Incident,
    OutboxMessage,
    OutboxState,
    Purpose,
    Signal,
    StatusReceived,
)
from comeback.errors import Undeliverable, UnknownOutcome
from comeback.reactivation.account_health import standing
from comeback.reactivation.holdout import in_holdout
from comeback.reactivation.model import Completion, JourneyState, Outcome
from comeback.reactivation.scene import JourneyRef
from comeback.reactivation.styles import TEMPLATES
from comeback.storage.store import DynamoStore

from tests.storage.life import CHAT, ON, TEN, WHATSAPP, Life

OWNERS = Address(ChannelKind.TELEGRAM, "777")
SECOND = timedelta(seconds=1)


@pytest.fixture
def life(store: DynamoStore) -> Life:
    """WhatsApp first, and the owner listens in Telegram."""
    life = Life(store)
    life.company = replace(
        life.company, channels=(ChannelKind.WHATSAPP, ChannelKind.TELEGRAM), owner=OWNERS
    )
    life.open_salon()
    return life


def knows(life: Life, client_id: str, *addresses: Address, days_ago: int = 60) -> None:
    """A due client with a consent for each of these."""
    life.client(client_id, addresses[0], days_ago)
    client = life.store.client("salon", client_id).client
    life.store.commit([SaveClient(replace(client, addresses=addresses))])
    for address in addresses[1:]:
        yes = Consent(Purpose.MARKETING, True, TEN, "test", "v1", address.channel)
        life.store.commit(
            [SaveConsent("salon", client_id, yes), BindAddress("salon", client_id, address)]
        )


def whatsapp(n: int) -> Address:
    return Address(ChannelKind.WHATSAPP, f"7999000{n:04}")


def telegram(n: int) -> Address:
    return Address(ChannelKind.TELEGRAM, f"{n}")


def refuse(life: Life, code: str) -> None:
    """The next WhatsApp message is refused while it is sent."""
    life.whatsapp.problems.append(Undeliverable("no", code=code))


def told(life: Life, status: DeliveryStatus, code: str = "") -> None:
    """WhatsApp's status of the last message that left there."""
    life.events += 1
    message = life.whatsapp.sent[-1]
    event = StatusReceived(
        f"s{life.events}",
        message.address,
        life.clock.now(),
        status,
        f"whatsapp-{len(life.whatsapp.sent)}",
        message.outbox_id,
        code,
    )
    life.receive.receive("salon", event)
    life.deliver_all()


def fails(life: Life, ref: JourneyRef, code: str, *, later: bool = False) -> None:
    """The journey's message is refused: at once, or by a status some time after it left."""
    if not later:
        refuse(life, code)
    assert life.run_until_sent(ref) == "sent"
    if later:
        life.clock.advance(minutes=3)
        told(life, DeliveryStatus.FAILED, code)


def goes_on(life: Life, ref: JourneyRef) -> timedelta:
    """How long the state machine waits before the same attempt."""
    answer = life.track.run(ref, life.outcome())
    assert answer["status"] == "retry"
    life.clock.advance(seconds=answer["wait_seconds"])
    return timedelta(seconds=answer["wait_seconds"])


def ends(life: Life, ref: JourneyRef) -> Completion | None:
    assert life.track.run(ref, life.outcome())["status"] == "done"
    return life.journey(ref).completion


def marketing(life: Life) -> list[tuple[ChannelKind, str]]:
    """(channel, client) of all that arrived, channel by channel."""
    sent = (*life.whatsapp.sent, *life.telegram.sent)
    return [(m.address.channel, m.client_id) for m in sent if m.purpose is Purpose.MARKETING]


def notices(life: Life) -> list[OutboxMessage]:
    return [m for m in life.telegram.sent if m.purpose is Purpose.OWNER]


def signals(life: Life, channel: ChannelKind = ChannelKind.WHATSAPP) -> dict[Signal, int]:
    days = life.store.accounts("salon")[channel].days
    return {s: n for s in Signal if (n := sum(day.count(s) for day in days))}


def skipped(life: Life) -> dict[str, int]:
    (day,) = life.store.funnel("salon", ON, ON)
    return dict(day.skipped)


# ── undelivered: elsewhere ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("later", [False, True])
def test_what_whatsapp_can_not_deliver_leaves_in_telegram_at_once(life: Life, later: bool) -> None:
    knows(life, "anna", WHATSAPP, CHAT)
    (ref,) = life.campaign()
    fails(life, ref, "131026", later=later)
    assert life.outcome() is Outcome.UNDELIVERABLE
    failed_at = life.clock.now()
    assert goes_on(life, ref) == SECOND
    assert life.run_until_sent(ref) == "sent"
    assert life.clock.now() - failed_at <= timedelta(minutes=1)
    (message,) = life.telegram.sent
    assert (message.outbox_id, message.attempt) == (f"{ref.journey_id}.1.1", 1)
    journey = life.journey(ref)
    assert (journey.attempt.number, journey.attempt.failed) == (1, (ChannelKind.WHATSAPP,))
    assert [a.outcome for a in journey.earlier] == [Outcome.UNDELIVERABLE]
    assert life.store.client("salon", "anna").client.doubtful == (ChannelKind.WHATSAPP,)
    assert signals(life)[Signal.UNDELIVERED] == 1
    assert "Anna" in life.telegram.sent[0].content.text
    life.says(button=message.content.buttons[0].button_id)
    assert ends(life, ref) is Completion.CONVERTED
    assert life.funnel() == dict.fromkeys(
        ("due", "contacted", "delivered", "read", "answered", "booked"), 1
    )


def test_without_another_channel_the_journey_ends(life: Life) -> None:
    knows(life, "wanda", WHATSAPP)
    (ref,) = life.campaign()
    fails(life, ref, "131026")
    assert ends(life, ref) is Completion.UNDELIVERABLE
    assert life.telegram.sent == []


def test_a_second_failure_in_a_later_journey_bars_the_channel(life: Life) -> None:
    knows(life, "anna", WHATSAPP, CHAT)
    for _ in range(2):
        (ref,) = life.campaign()
        fails(life, ref, "131026")
        goes_on(life, ref)
        assert life.run_until_sent(ref) == "sent"
        life.says("No, thanks")
        assert ends(life, ref) is Completion.DECLINED
        (due,) = life.store.client("salon", "anna").due
        life.clock.time = TEN + timedelta(weeks=((due.next_on - ON).days + 6) // 7)
    assert life.store.client("salon", "anna").client.unreachable == (ChannelKind.WHATSAPP,)
    (ref,) = life.campaign()
    calls = life.whatsapp.calls
    assert life.run_until_sent(ref) == "sent"
    assert (life.whatsapp.calls, len(marketing(life))) == (calls, 3)


def test_a_delivery_in_between_takes_the_doubt_away(life: Life) -> None:
    knows(life, "anna", WHATSAPP, CHAT)
    client = life.store.client("salon", "anna").client
    life.store.commit([SaveClient(replace(client, doubtful=(ChannelKind.WHATSAPP,)))])
    (ref,) = life.campaign()
    life.run_until_sent(ref)
    told(life, DeliveryStatus.SENT)
    assert life.store.client("salon", "anna").client.doubtful == (ChannelKind.WHATSAPP,)
    told(life, DeliveryStatus.DELIVERED)
    assert life.store.client("salon", "anna").client.doubtful == ()


def test_a_failure_after_the_window_is_made_good_the_next_morning(life: Life) -> None:
    """Nothing leaves at night, and the client was not written to, so need not be spared for two weeks."""
    knows(life, "anna", WHATSAPP, CHAT)
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == "sent"
    life.clock.time = TEN + timedelta(hours=10)
    told(life, DeliveryStatus.FAILED, "131026")
    goes_on(life, ref)
    assert life.run_until_sent(ref) == "sent"
    assert [m.client_id for m in life.telegram.sent] == ["anna"]
    assert life.company.local(life.clock.now()).date() == ON + timedelta(days=1)


def test_who_was_not_reached_is_not_spared_as_if_they_had_been(life: Life) -> None:
    """The detour is called off by the owner's switch; the next day there is nothing to wait for."""
    knows(life, "anna", WHATSAPP, CHAT)
    (ref,) = life.campaign()
    fails(life, ref, "131026")
    goes_on(life, ref)
    life.store.save_company(replace(life.company, enabled=False))
    assert life.run_until_sent(ref) == "skipped"
    life.store.save_company(life.company)
    life.clock.time = TEN + timedelta(days=1)
    (again,) = life.campaign()
    assert life.run_until_sent(again) == "sent"


def test_a_time_out_does_not_make_silence_of_a_failure(life: Life) -> None:
    """The state machine's own, where the failure was written and never told."""
    knows(life, "anna", WHATSAPP, CHAT)
    (ref,) = life.campaign()
    fails(life, ref, "131026")
    answer = life.track.run(ref, Outcome.NO_RESPONSE)
    assert (answer["status"], answer["wait_seconds"]) == ("retry", 1)
    assert life.journey(ref).attempt.outcome is Outcome.UNDELIVERABLE


# ── nobody knows: nothing ────────────────────────────────────────────────────────────────────────


def test_an_unknown_outcome_never_cascades(life: Life) -> None:
    knows(life, "anna", WHATSAPP, CHAT)
    life.whatsapp.problems = [UnknownOutcome("no answer")]
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == "sent"
    life.deliver_all()
    message = life.store.outbox("salon", "anna", f"{ref.journey_id}.1")
    assert message.state is OutboxState.UNCERTAIN
    assert life.orchestrator.told == []
    life.clock.advance(days=7, hours=1)
    life.expire.tick()
    assert goes_on(life, ref) > timedelta(days=6)
    assert (life.whatsapp.calls, marketing(life)) == (1, [])
    assert life.run_until_sent(ref) == "sent"
    assert life.journey(ref).attempt.number == 2


def test_what_is_proven_later_does(life: Life) -> None:
    knows(life, "anna", WHATSAPP, CHAT)
    life.whatsapp.problems = [UnknownOutcome("no answer")]
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == "sent"
    failed = StatusReceived(
        "s1",
        WHATSAPP,
        life.clock.now(),
        DeliveryStatus.FAILED,
        "wamid",
        f"{ref.journey_id}.1",
        "131026",
    )
    life.receive.receive("salon", failed)
    assert life.outcome() is Outcome.UNDELIVERABLE
    goes_on(life, ref)
    assert life.run_until_sent(ref) == "sent"
    assert marketing(life) == [(ChannelKind.TELEGRAM, "anna")]


# ── not now: later ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("later", [False, True])
def test_whom_meta_spares_gets_the_same_attempt_a_day_later(life: Life, later: bool) -> None:
    knows(life, "anna", WHATSAPP, CHAT)
    (ref,) = life.campaign()
    fails(life, ref, "131049", later=later)
    assert life.outcome() is Outcome.POSTPONED
    sent_at = life.journey(ref).attempt.sent_at
    assert sent_at
    goes_on(life, ref)
    assert timedelta(0) <= life.clock.now() - sent_at - timedelta(days=1) <= 2 * SECOND
    assert life.run_until_sent(ref) == "sent"
    assert life.whatsapp.sent[-1].outbox_id == f"{ref.journey_id}.1.1"
    assert life.telegram.sent == []
    assert signals(life)[Signal.SPARED] == 1
    assert life.store.client("salon", "anna").client.doubtful == ()
    assert life.funnel()["contacted"] == 1


def test_a_day_later_than_friday_is_monday(life: Life) -> None:
    life.clock.time = TEN + timedelta(days=4)
    knows(life, "anna", WHATSAPP)
    (ref,) = life.campaign()
    fails(life, ref, "131049")
    goes_on(life, ref)
    assert life.run_until_sent(ref) == "sent"
    assert life.company.local(life.clock.now()).weekday() == 0
    assert len(life.whatsapp.sent) == 1


def test_being_spared_again_and_again_ends_the_journey(life: Life) -> None:
    knows(life, "anna", WHATSAPP)
    (ref,) = life.campaign()
    for _ in range(3):
        fails(life, ref, "131049")
        goes_on(life, ref)
    fails(life, ref, "131049")
    assert ends(life, ref) is Completion.UNDELIVERABLE
    assert life.whatsapp.sent == []


def test_too_fast_is_made_good_after_an_hour(life: Life) -> None:
    knows(life, "anna", WHATSAPP)
    (ref,) = life.campaign()
    fails(life, ref, "131056")
    assert timedelta(minutes=59) < goes_on(life, ref) <= timedelta(hours=1) + SECOND
    assert standing(life.store.accounts("salon")[ChannelKind.WHATSAPP], life.clock.now()).slowed
    assert life.run_until_sent(ref) == "sent"
    assert len(life.whatsapp.sent) == 1


# ── opted out: never ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("later", [False, True])
def test_whatsapps_stop_is_a_stop_in_all_channels(life: Life, later: bool) -> None:
    knows(life, "anna", WHATSAPP, CHAT)
    (ref,) = life.campaign()
    fails(life, ref, "131050", later=later)
    assert life.outcome() is Outcome.OPTED_OUT
    assert ends(life, ref) is Completion.OPTED_OUT
    file = life.store.client("salon", "anna")
    assert opted_out(file.consents)
    assert not may_market(file.consents, ChannelKind.TELEGRAM)
    assert (file.due, life.telegram.sent) == ((), [])
    assert signals(life)[Signal.BLOCKED] == 1
    assert life.funnel()["opted_out"] == 1


def test_a_blocked_bot_is_a_stop_in_all_channels(life: Life) -> None:
    life.company = replace(life.company, channels=tuple(reversed(life.company.channels)))
    life.store.save_company(life.company)
    knows(life, "anna", WHATSAPP, CHAT)
    life.telegram.problems = [Undeliverable("bot was blocked by the user", code="403")]
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == "sent"
    assert ends(life, ref) is Completion.OPTED_OUT
    assert opted_out(life.store.client("salon", "anna").consents)
    assert life.whatsapp.sent == []
    assert signals(life, ChannelKind.TELEGRAM)[Signal.BLOCKED] == 1


def test_an_old_refusal_that_is_told_again_does_not_undo_a_new_yes(life: Life) -> None:
    knows(life, "anna", WHATSAPP, CHAT)
    (ref,) = life.campaign()
    fails(life, ref, "131050")
    ends(life, ref)
    life.clock.advance(days=3)
    yes = Consent(Purpose.MARKETING, True, life.clock.now(), "form", "v1", ChannelKind.TELEGRAM)
    life.store.commit([SaveConsent("salon", "anna", yes)])
    life.clock.advance(days=1)
    life.deliver_all()
    assert may_market(life.store.client("salon", "anna").consents, ChannelKind.TELEGRAM)


# ── our account is stopped ───────────────────────────────────────────────────────────────────────


def stopped(life: Life) -> str:
    return standing(life.store.accounts("salon")[ChannelKind.WHATSAPP], life.clock.now()).stopped_by


def by_client(refs: list[JourneyRef]) -> dict[str, JourneyRef]:
    return {ref.client_id: ref for ref in refs}


def test_a_spam_limit_stops_the_account_and_the_others_go_elsewhere(life: Life) -> None:
    knows(life, "anna", whatsapp(1), telegram(1), days_ago=70)
    knows(life, "boris", whatsapp(2), telegram(2))
    knows(life, "wanda", whatsapp(3))
    refs = by_client(life.campaign())
    fails(life, refs["anna"], "131048")
    assert stopped(life) == "131048"
    assert life.outcome() is Outcome.UNDELIVERABLE
    goes_on(life, refs["anna"])
    for client_id, fate in (("anna", "sent"), ("boris", "sent"), ("wanda", "skipped")):
        assert life.run_until_sent(refs[client_id]) == fate
    assert marketing(life) == [(ChannelKind.TELEGRAM, "anna"), (ChannelKind.TELEGRAM, "boris")]
    assert skipped(life) == {"account_stopped": 1}
    (due,) = life.store.client("salon", "wanda").due
    assert due.next_on == ON + timedelta(days=1)
    assert life.whatsapp.calls == 1


def test_what_was_written_before_the_stop_goes_elsewhere_too(life: Life) -> None:
    """Two messages wait for their messenger; the first one's refusal holds back the second."""
    knows(life, "anna", whatsapp(1), telegram(1))
    knows(life, "boris", whatsapp(2), telegram(2))
    refs = life.campaign()
    delivered, life.deliver_all = life.deliver_all, lambda: None  # type: ignore[method-assign]
    for ref in refs:
        assert life.run_until_sent(ref) == "sent"
    life.deliver_all = delivered  # type: ignore[method-assign]
    refuse(life, "131048")
    life.deliver_all()
    assert life.whatsapp.calls == 1
    assert list(life.orchestrator.finished.values()) == [Outcome.UNDELIVERABLE] * 2
    for ref in refs:
        assert life.track.run(ref, Outcome.UNDELIVERABLE)["status"] == "retry"
        life.clock.advance(seconds=1)
        assert life.run_until_sent(ref) == "sent"
    assert sorted(marketing(life)) == [
        (ChannelKind.TELEGRAM, "anna"),
        (ChannelKind.TELEGRAM, "boris"),
    ]


def write(life: Life, ref: JourneyRef) -> None:
    """Everything but the sending."""
    for step in (life.analyse, life.reserve, life.find_slots, life.generate):
        life._patiently(step, ref)
    assert life.journey(ref).state is JourneyState.WRITTEN


def test_who_waited_for_their_minute_when_it_stopped_goes_elsewhere_too(life: Life) -> None:
    knows(life, "anna", whatsapp(1), days_ago=70)
    knows(life, "boris", whatsapp(2), telegram(2))
    knows(life, "wanda", whatsapp(3))
    refs = by_client(life.campaign())
    write(life, refs["boris"])
    write(life, refs["wanda"])
    fails(life, refs["anna"], "131048")
    for client_id, outcome in (("boris", Outcome.UNDELIVERABLE), ("wanda", Outcome.SKIPPED)):
        for token in (f"{client_id} 1", f"{client_id} 2"):
            life.send.run(refs[client_id], token)
            assert life.orchestrator.finished[token] is outcome
    assert life.track.run(refs["boris"], Outcome.UNDELIVERABLE)["status"] == "retry"
    life.clock.advance(seconds=1)
    assert life.run_until_sent(refs["boris"]) == "sent"
    assert marketing(life) == [(ChannelKind.TELEGRAM, "boris")]
    assert skipped(life) == {"account_stopped": 1}


def test_a_preferred_channel_that_opened_meanwhile_does_not_hold_the_message_back(
    life: Life,
) -> None:
    knows(life, "anna", CHAT)
    (ref,) = life.campaign()
    write(life, ref)
    client = life.store.client("salon", "anna").client
    yes = Consent(Purpose.MARKETING, True, life.clock.now(), "form", "v1", ChannelKind.WHATSAPP)
    life.store.commit(
        [
            SaveClient(replace(client, addresses=(CHAT, WHATSAPP))),
            SaveConsent("salon", "anna", yes),
        ]
    )
    life.send.run(ref, "token")
    life.deliver_all()
    assert marketing(life) == [(ChannelKind.TELEGRAM, "anna")]


def test_the_owner_is_told_once_a_day(life: Life) -> None:
    knows(life, "anna", whatsapp(1))
    knows(life, "boris", whatsapp(2))
    for ref in life.campaign():
        assert life.run_until_sent(ref) == "sent"
    for _ in range(2):
        told(life, DeliveryStatus.FAILED, "131048")
        life.whatsapp.sent.pop()
    (notice,) = notices(life)
    assert (notice.address, notice.client_id) == (OWNERS, OWNER)
    assert "WhatsApp" in notice.content.text
    assert "131048" in notice.content.text
    assert notice.content.buttons[0].button_id == "owner:resume:whatsapp"
    life.deliver_all()
    assert len(notices(life)) == 1
    life.clock.time = TEN + timedelta(days=3, hours=1)
    knows(life, "clara", whatsapp(3))
    (ref,) = [r for r in life.campaign() if r.client_id == "clara"]
    fails(life, ref, "131048")
    assert len(notices(life)) == 2


def test_without_an_owner_the_stop_holds_all_the_same(life: Life) -> None:
    life.company = replace(life.company, owner=None)
    life.store.save_company(life.company)
    knows(life, "wanda", WHATSAPP)
    (ref,) = life.campaign()
    fails(life, ref, "131048")
    assert stopped(life) == "131048"
    assert life.telegram.sent == []


def test_after_the_stop_the_account_goes_on_cold(life: Life) -> None:
    life.limits.reserve_minute(
        life.company, ChannelKind.WHATSAPP, "first", TEN - timedelta(days=100)
    )
    knows(life, "anna", whatsapp(1))
    (ref,) = life.campaign()
    fails(life, ref, "131048")
    assert ends(life, ref) is Completion.UNDELIVERABLE
    failed_at = life.clock.now()
    life.clock.time = failed_at + timedelta(days=3) - timedelta(minutes=2)
    assert stopped(life) == "131048"
    life.clock.time = TEN + timedelta(days=4)
    life.deliver_all()  # the queue brings the refused message once more
    assert stopped(life) == ""
    knows(life, "boris", whatsapp(2))
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == "sent"
    account = life.store.accounts("salon")[ChannelKind.WHATSAPP]
    levels = [standing(account, failed_at + timedelta(days=d)).level.name for d in (4, 11, 18)]
    assert levels == ["cold", "warm", "hot"]
    assert len(account.incidents) == 1


def test_the_owner_presses_the_button_and_it_goes_on(life: Life) -> None:
    knows(life, "anna", whatsapp(1))
    (ref,) = life.campaign()
    fails(life, ref, "131031")
    ends(life, ref)
    life.clock.time = TEN + timedelta(days=21)
    assert stopped(life) == "131031"
    assert "Salon" in life.says(button="owner:resume:whatsapp", address=telegram(5))
    assert stopped(life) == "131031"
    life.says(button="owner:resume:whatsapp", address=OWNERS)
    assert stopped(life) == ""
    life.deliver_all()
    assert stopped(life) == ""
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == "sent"
    assert marketing(life) == [(ChannelKind.WHATSAPP, "anna")]


def test_statuses_of_the_owners_own_thread_are_no_clients(life: Life) -> None:
    """An owner may be written to in WhatsApp, which tells what became of it."""
    life.company = replace(life.company, owner=WHATSAPP)
    life.store.save_company(life.company)
    knows(life, "anna", whatsapp(1), telegram(1))
    (ref,) = life.campaign()
    fails(life, ref, "131048")
    (notice,) = life.whatsapp.sent
    assert notice.purpose is Purpose.OWNER
    told(life, DeliveryStatus.DELIVERED)
    stored = life.store.outbox("salon", OWNER, notice.outbox_id)
    assert stored.state is OutboxState.DELIVERED


# ── the template is taken from us ────────────────────────────────────────────────────────────────


def test_a_paused_template_is_not_used_again_and_the_owner_hears(life: Life) -> None:
    knows(life, "anna", whatsapp(1), telegram(1), days_ago=70)
    knows(life, "wanda", whatsapp(3))
    refs = by_client(life.campaign())
    fails(life, refs["anna"], "132015", later=True)
    template = life.whatsapp.sent[0].content.template
    assert template
    account = life.store.accounts("salon")[ChannelKind.WHATSAPP]
    assert account.templates_out == {template.key}
    assert not stopped(life)
    goes_on(life, refs["anna"])
    assert life.run_until_sent(refs["anna"]) == "sent"
    assert marketing(life)[-1] == (ChannelKind.TELEGRAM, "anna")
    (notice,) = notices(life)
    assert template.name in notice.content.text
    assert life.run_until_sent(refs["wanda"]) == "sent"
    other = life.whatsapp.sent[1].content.template
    assert other
    assert other.name in {*TEMPLATES.values()} - {template.name}


def test_without_any_template_whatsapp_is_closed(life: Life) -> None:
    names = ("anna", "boris", "clara", "dora")
    for n, client_id in enumerate(names):
        knows(life, client_id, whatsapp(n), *[telegram(n)] * (client_id == "dora"))
    refs = by_client(life.campaign())
    for client_id in names[:2]:
        fails(life, refs[client_id], "132015")
        assert ends(life, refs[client_id]) is Completion.UNDELIVERABLE
    account = life.store.accounts("salon")[ChannelKind.WHATSAPP]
    assert account.templates_out == {f"{name}.en" for name in TEMPLATES.values()}
    assert life.run_until_sent(refs["clara"]) == "skipped"
    assert life.run_until_sent(refs["dora"]) == "sent"
    assert marketing(life) == [(ChannelKind.TELEGRAM, "dora")]
    assert skipped(life) == {"account_stopped": 1}
    assert len(notices(life)) == 2


def test_a_template_missing_in_one_language_is_used_in_the_other(life: Life) -> None:
    knows(life, "anna", whatsapp(1))
    knows(life, "roman", whatsapp(2))
    russian = life.store.client("salon", "roman").client
    life.store.commit([SaveClient(replace(russian, language="ru"))])
    refs = by_client(life.campaign())
    for style in TEMPLATES.values():
        now = life.clock.now()
        out = ChangeAccount("salon", ChannelKind.WHATSAPP, now, template_out=f"{style}.en")
        life.store.commit([out])
    assert life.run_until_sent(refs["anna"]) == "skipped"
    assert life.run_until_sent(refs["roman"]) == "sent"


# ── later attempts ───────────────────────────────────────────────────────────────────────────────


def test_a_later_attempt_does_not_wait_for_an_account_that_is_stopped(life: Life) -> None:
    """Nor does the client stay claimed: a locked account may never come back."""
    knows(life, "anna", whatsapp(1))
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == "sent"
    told(life, DeliveryStatus.DELIVERED)
    life.keeps_silent(ref)
    assert life.analyse.run(ref)["status"] == "ready"
    life.store.commit(
        [SaveIncident("salon", ChannelKind.WHATSAPP, Incident("131031", life.clock.now()))]
    )
    assert life.reserve.run(ref)["status"] == "skipped"
    assert life.journey(ref).state is JourneyState.FINISHED
    assert life.store.client("salon", "anna").active_journey_id == ""


def test_a_message_that_is_ready_after_hours_takes_a_new_minute(life: Life) -> None:
    knows(life, "anna", telegram(1))
    (ref,) = life.campaign()
    for step in (life.analyse, life.reserve):
        life.clock.advance(seconds=step.run(ref).get("wait_seconds", 0))
    life.find_slots.run(ref)
    life.generate.run(ref)
    life.clock.advance(hours=10)
    life.tokens += 1
    life.send.run(ref, f"token-{life.tokens}")
    assert life.outcome() is Outcome.POSTPONED
    goes_on(life, ref)
    assert life.run_until_sent(ref) == "sent"
    local = life.company.local(life.telegram.sent[0].created_at)
    assert life.company.sending.start <= local.time() < life.company.sending.end


# ── who is not written to at all ─────────────────────────────────────────────────────────────────


def test_a_month_holds_no_more_messages_than_the_owner_allows(life: Life) -> None:
    life.company = replace(life.company, month_cap=1)
    life.store.save_company(life.company)
    knows(life, "anna", WHATSAPP)
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == "sent"
    life.clock.advance(days=7, hours=1)
    life.expire.tick()
    goes_on(life, ref)
    assert life.run_until_sent(ref) == "skipped"
    journey = life.journey(ref)
    assert (journey.attempt.outcome, journey.attempt.detail) == (Outcome.SKIPPED, "frequency_cap")
    assert journey.state is JourneyState.FINISHED
    assert len(life.whatsapp.sent) == 1


def test_what_did_not_arrive_does_not_count_for_the_cap(life: Life) -> None:
    life.company = replace(life.company, week_cap=1, month_cap=1)
    life.store.save_company(life.company)
    knows(life, "anna", WHATSAPP, CHAT)
    (ref,) = life.campaign()
    fails(life, ref, "131026")
    goes_on(life, ref)
    assert life.run_until_sent(ref) == "sent"
    assert marketing(life) == [(ChannelKind.TELEGRAM, "anna")]


def test_the_holdout_is_tried_and_never_written_to(life: Life) -> None:
    life.company = replace(life.company, holdout_percent=50)
    life.store.save_company(life.company)
    ids = [f"c{n}" for n in range(6)]
    held = {i for i in ids if in_holdout("salon", i, 50)}
    assert 0 < len(held) < len(ids)
    for n, client_id in enumerate(ids):
        knows(life, client_id, whatsapp(n))
    fates = {ref.client_id: life.run_until_sent(ref) for ref in life.campaign()}
    assert fates == {i: "skipped" if i in held else "sent" for i in ids}
    assert {client for _, client in marketing(life)} == {*ids} - held
    assert skipped(life) == {"holdout": len(held)}
    trials = {t.client_id: t for t in life.store.trials("salon", ON, ON)}
    assert {i: t.treated for i, t in trials.items()} == {i: i not in held for i in ids}
    assert all(0 < t.baseline < 1 and t.returned is None for t in trials.values())
    for client_id in held:
        (due,) = life.store.client("salon", client_id).due
        assert due.next_on == ON + timedelta(days=30)


@pytest.mark.parametrize(("price", "fate"), [(100, "sent"), (200_000, "skipped")])
def test_who_is_not_worth_the_price_of_a_message_gets_none(
    life: Life, price: int, fate: str
) -> None:
    """Minor units; a haircut is 200 000."""
    life.company = replace(life.company, message_prices={ChannelKind.WHATSAPP: price})
    life.store.save_company(life.company)
    knows(life, "wanda", WHATSAPP)
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == fate
    assert skipped(life) == ({"not_worth": 1} if fate == "skipped" else {})
    assert len(list(life.store.trials("salon", ON, ON))) == int(fate == "sent")
