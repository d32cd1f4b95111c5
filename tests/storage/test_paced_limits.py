"""The limits that the simulation paces by keep the table's contract."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from comeback.changes import CountSignal, SaveIncident
from comeback.companies.model import BusinessType, Company
from comeback.conversations.model import ChannelKind, Incident, Signal
from comeback.storage.limits import DynamoLimits
from comeback.storage.store import DynamoStore

from tests.fakes.paced_limits import PacedLimits
from tests.storage.life import TEN

SALON = Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY)
CHANNELS = (ChannelKind.TELEGRAM, ChannelKind.WHATSAPP)
ZONES = (None, ZoneInfo("Asia/Vladivostok"), ZoneInfo("Europe/Kaliningrad"))


@pytest.mark.parametrize("seed", range(4))
def test_both_give_the_same_minutes(store: DynamoStore, seed: int) -> None:
    rng, now = Random(seed), TEN
    company = replace(SALON, daily_limit=rng.choice([None, 4]))
    store.save_company(company)
    real, fake = DynamoLimits(store), PacedLimits(store.accounts)
    for n in range(25):
        now += timedelta(minutes=rng.choice([0, 1, 30, 300]))
        channel, key = rng.choice(CHANNELS), f"key{rng.randrange(12)}"
        wish = rng.choice([None, now + timedelta(hours=rng.randint(-2, 30))])
        zone = rng.choice(ZONES)
        given = [
            limits.reserve_minute(company, channel, key, now, zone=zone, not_before=wish)
            for limits in (real, fake)
        ]
        assert given[0] == given[1], n
        if rng.random() < 0.1:
            store.commit([CountSignal("salon", channel, now.date(), Signal.THROTTLED)])
        if rng.random() < 0.04:
            store.commit([SaveIncident("salon", channel, Incident("131048", now))])
        for ask in ("remaining_today", "accounts_today"):
            assert getattr(real, ask)(company, now) == getattr(fake, ask)(company, now)
        assert real.may_send("salon", channel, now) == fake.may_send("salon", channel, now)
