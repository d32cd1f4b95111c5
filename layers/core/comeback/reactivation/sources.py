"""The four sources of a rule's interval side by side, and what the company's own visits advise, in words for the owner."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from comeback.reactivation.gaps import GAPS_NEEDED, Optimal, Stats, optimal, stats
from comeback.reactivation.model import Gaps, IntervalSource, ServiceRule
from comeback.texts import text


@dataclass(frozen=True)
class Source:
    """One source of the interval: its days, null while it has none, and why."""

    source: IntervalSource
    days: int | None
    reason: str
    wins: bool


@dataclass(frozen=True)
class Advice:
    """The interval that the company's visits advise; `confidence` 0 to 1, and 0 when something else stands in for them."""

    days: int
    source: IntervalSource
    confidence: float
    low: int | None
    high: int | None
    """Days between which the true middle lies with 90 %."""
    reasoning: str
    stats: Stats | None


def side_by_side(rule: ServiceRule, gaps: Gaps | None, language: str) -> list[Source]:
    """In the order of weight: the first that has a value wins."""
    winner, _ = rule.interval()
    return [
        Source(
            source,
            rule.intervals[source].days if source in rule.intervals else None,
            _reason(rule, source, gaps, language),
            source is winner,
        )
        for source in IntervalSource
    ]


def _reason(rule: ServiceRule, source: IntervalSource, gaps: Gaps | None, language: str) -> str:
    interval = rule.intervals.get(source)
    if interval is None:
        return _MISSING[source](language)
    if source is IntervalSource.HISTORICAL and gaps:
        return _half(gaps.returns, interval.days, language)
    if source is IntervalSource.DEFAULT:
        return text(language, "Usual for this kind of business")
    return interval.reason or text(language, "Set by hand")


_MISSING: Mapping[IntervalSource, Callable[[str], str]] = {
    IntervalSource.MANUAL: lambda language: text(language, "Not set: the next source decides"),
    IntervalSource.HISTORICAL: lambda language: text(
        language,
        "Too few clients have returned yet: {needed} returns are needed",
        needed=str(GAPS_NEEDED),
    ),
    IntervalSource.AI: lambda language: text(
        language, "Gemini has not been asked yet: it is, once, in the night after it is connected"
    ),
    IntervalSource.DEFAULT: lambda language: text(language, "Usual for this kind of business"),
}


def _half(returns: int, days: int, language: str) -> str:
    return text(
        language,
        "Half of {returns} returns came within {days} days",
        returns=str(returns),
        days=str(days),
    )


def advice(rule: ServiceRule, gaps: Gaps | None, language: str) -> Advice:
    """Without enough returns, the best of the other sources than the owner's own stands in."""
    found = optimal(gaps) if gaps else None
    if gaps and found:
        return _from_visits(found, gaps, language)
    seen = gaps.returns if gaps else 0
    source = next(s for s in (*_BEFORE_DEFAULT, IntervalSource.DEFAULT) if s in rule.intervals)
    reasoning = text(
        language,
        "{seen} returns were seen, {needed} are needed. Until then: {instead}",
        seen=str(seen),
        needed=str(GAPS_NEEDED),
        instead=_reason(rule, source, gaps, language),
    )
    days = rule.intervals[source].days
    return Advice(days, source, 0.0, None, None, reasoning, stats(gaps) if gaps else None)


_BEFORE_DEFAULT = (IntervalSource.HISTORICAL, IntervalSource.AI)


def _from_visits(found: Optimal, gaps: Gaps, language: str) -> Advice:
    certainty = text(
        language,
        "With 90 % certainty the middle lies between {low} and {high} days.",
        low=str(found.low),
        high=str(found.high),
    )
    reasoning = f"{_half(gaps.returns, found.days, language)}. {certainty}"
    source, confidence = IntervalSource.HISTORICAL, found.confidence
    return Advice(found.days, source, confidence, found.low, found.high, reasoning, found.stats)
