"""What a message is expected to bring, before the draw."""

from datetime import UTC, date, datetime, timedelta

import pytest
from comeback.bookings.model import Service
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.companies.model import BusinessType, Company
from comeback.conversations.model import Account, Address, ChannelKind, HealthDay, Signal
from comeback.ports import Catalogue, ClientFile
from comeback.reactivation.forecasts import forecast
from comeback.reactivation.judgement import (
    explores,
    judge,
    opt_out_rate,
    pulled_forward,
    usual_ticket,
)
from comeback.reactivation.model import Interval, IntervalSource, ServiceRule, Tally
from comeback.reactivation.scene import Scene

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TELEGRAM, WHATSAPP = (Address(c, "1") for c in (ChannelKind.TELEGRAM, ChannelKind.WHATSAPP))


def scene(price_minor: int = 200_000, paid: tuple[int, ...] = ()) -> Scene:
    visits = tuple(
        Visit(
            f"v{n}",
            "cut",
            "olga",
            NOW - timedelta(days=70 + 28 * n),
            VisitStatus.COMPLETED,
            amount_minor=paid[n] if n < len(paid) else 0,
        )
        for n in range(4)
    )
    service = Service("cut", "Haircut", 60, price_minor)
    rule = ServiceRule("cut", intervals={IntervalSource.DEFAULT: Interval(28, "")})
    company = Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY)
    file = ClientFile(Client("salon", "anna", "Anna"), visits=visits)
    return Scene(company, Catalogue({"cut": service}, {}, {}), file, service, rule)


def judged(at: Scene, address: Address, trials: dict[str, Tally] | None = None) -> float | None:
    days = [v.starts_at.date() for v in at.file.visits]
    told = forecast(None, days, TODAY, 28)
    assert told is not None
    found = judge(at, address, told, trials or {}, None, NOW)
    assert 0 <= found.p_return <= 1
    return found.gain.total if found.gain else None


def test_a_drifted_client_of_a_dear_service_is_worth_a_free_message() -> None:
    gain = judged(scene(), TELEGRAM)
    assert gain is not None
    assert gain > 0


def test_a_dear_messenger_does_not_pay_for_a_cheap_service() -> None:
    cheap = scene(price_minor=5_000)
    free, priced = judged(cheap, TELEGRAM), judged(cheap, WHATSAPP)
    assert free is not None
    assert priced is not None
    assert priced < 0 < free


def test_messages_that_proved_to_change_nothing_are_worth_less() -> None:
    useless = {"treated": Tally(2000, 600), "control": Tally(2000, 600)}
    before, after = judged(scene(), TELEGRAM), judged(scene(), TELEGRAM, useless)
    assert before is not None
    assert after is not None
    assert after < before


def test_tomorrow_is_worth_more_the_longer_the_client_would_have_stayed_away() -> None:
    """Every four weeks, last seen 10, 18 and 27 days ago: 0.6 of the gap to go, 0.3, next to nothing."""
    early, late, about_to_come = (ahead(days_ago) for days_ago in (10, 18, 27))
    assert 0.5 < early < 0.7
    assert 0.25 < late < 0.4
    assert 0 <= about_to_come < 0.1


@pytest.mark.parametrize("days_ago", [0, 1, 40, 400, 4000])
def test_what_is_pulled_forward_is_a_share(days_ago: int) -> None:
    for visits in (1, 2, 12):
        assert 0 <= ahead(days_ago, visits) <= 1


def ahead(days_ago: int, visits: int = 6) -> float:
    days = [TODAY - timedelta(days=days_ago + 28 * n) for n in reversed(range(visits))]
    told = forecast(None, days, TODAY, 28)
    assert told is not None
    return pulled_forward(told, TODAY + timedelta(days=1))


def test_a_regular_who_would_come_next_week_is_worth_asking_about_tomorrow_alone() -> None:
    at = scene()
    days = [TODAY - timedelta(days=20 + 28 * n) for n in reversed(range(6))]
    told = forecast(None, days, TODAY, 28)
    assert told is not None
    usual = judge(at, TELEGRAM, told, {}, None, NOW)
    chair = judge(at, TELEGRAM, told, {}, None, NOW, TODAY + timedelta(days=1))
    assert (usual.worth, chair.worth) == (False, True)
    assert usual.p_return == chair.p_return


def test_without_a_price_it_is_not_ours_to_say_that_it_does_not_pay() -> None:
    assert judged(scene(price_minor=0), WHATSAPP) is None


@pytest.mark.parametrize(
    ("price", "paid", "ticket"),
    [(1000, (), 1000), (1000, (0, 3000), 3000), (0, (500, 700, 900), 700), (0, (), 0)],
)
def test_the_usual_ticket(price: int, paid: tuple[int, ...], ticket: int) -> None:
    assert usual_ticket(scene(price, paid)) == ticket


def test_the_accounts_own_opt_outs_take_over_from_the_assumed() -> None:
    assert opt_out_rate(None) == pytest.approx(0.01)
    day = HealthDay(TODAY, {Signal.SENT: 900, Signal.OPTED_OUT: 40, Signal.BLOCKED: 14})
    seen = opt_out_rate(Account(ChannelKind.TELEGRAM, days=(day,)))
    assert seen == pytest.approx((0.01 * 100 + 54) / 1000)


def test_a_small_share_is_written_to_against_the_odds_always_the_same() -> None:
    ids = [f"j{n}" for n in range(4000)]
    share = sum(map(explores, ids)) / len(ids)
    assert 0.035 < share < 0.065
    assert [explores(i) for i in ids[:50]] == [explores(i) for i in ids[:50]]
