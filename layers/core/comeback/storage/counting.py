"""What a transaction adds to counters: one update for each item."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from zlib import crc32

from pynamodb.expressions.update import Action

from comeback import changes as ch
from comeback.changes import Change
from comeback.conversations.model import ChannelKind, Signal
from comeback.reactivation.model import SkipReason, Stage
from comeback.reactivation.telling import telling
from comeback.storage import keys
from comeback.storage.items.funnel import FunnelItem, adding, counter
from comeback.storage.items.limits import HealthDayItem
from comeback.storage.table import Update

FUNNEL_SHARDS = 4
"""A busy company's counters: one partition takes 1,000 write units a second, and a transaction at a time per item."""


def updates(changes: Sequence[Change], others: Iterable[Change]) -> Iterable[Update]:
    """`others`: those of the changes that are no counts, each once."""
    counts = [change for change in changes if isinstance(change, ch.Count)]
    signals = [change for change in changes if isinstance(change, ch.CountSignal)]
    yield from _days(counts, others, _shard(changes))
    yield from _signals(signals)


def _days(counts: Sequence[ch.Count], others: Iterable[Change], shard: int) -> Iterable[Update]:
    """One update for each day: of its campaign's funnel, and of the messages that left on it."""
    days: dict[tuple[str, date], list[Action]] = defaultdict(list)
    for day, sums in _sums(counts).items():
        days[day] += [
            counter(stage, SkipReason(reason) if reason else None).add(n)
            for (stage, reason), n in sums.items()
        ]
    for change in others:
        if isinstance(change, ch.SaveJourney):
            for on, messages in telling(change.journey)[1].items():
                days[change.journey.company_id, on] += adding(messages)
    for (company_id, on), actions in days.items():
        kind = FunnelItem.kind.set(FunnelItem)
        yield Update(keys.funnel(company_id, on, shard), [*actions, kind])


def _sums(counts: Iterable[ch.Count]) -> dict[tuple[str, date], Counter[tuple[Stage, str]]]:
    days: dict[tuple[str, date], Counter[tuple[Stage, str]]] = defaultdict(Counter)
    for count in counts:
        days[count.company_id, count.on][count.stage, count.reason] += count.n
    return days


def _signals(signals: Sequence[ch.CountSignal]) -> Iterable[Update]:
    days: dict[tuple[str, ChannelKind, date], Counter[Signal]] = {}
    for signal in signals:
        day = days.setdefault((signal.company_id, signal.channel, signal.on), Counter())
        day[signal.signal] += signal.n
    for (company_id, channel, on), sums in days.items():
        key = keys.health_day(company_id, channel.value, on)
        yield Update(key, HealthDayItem.adding(channel, on, sums))


def _shard(changes: Sequence[Change]) -> int:
    """The same for the same decision; a campaign's journeys spread over all."""
    for change in changes:
        if isinstance(change, ch.SaveJourney):
            return crc32(change.journey.journey_id.encode()) % FUNNEL_SHARDS
    return 0
