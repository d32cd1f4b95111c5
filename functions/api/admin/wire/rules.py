"""Rules, and what the company's visits say of them, as the admin API shows them."""

from datetime import date
from typing import Annotated

from comeback.bookings.model import Service
from comeback.companies.model import Company
from comeback.reactivation.effect import Counted
from comeback.reactivation.gaps import Bin, Stats, bins, stats
from comeback.reactivation.model import Gaps, Interval, IntervalSource, ServiceRule
from comeback.reactivation.rule_change import AT_ONCE, Preview
from comeback.reactivation.sources import Source, side_by_side
from msgspec import Meta, Struct

BIN_DAYS = 7
Days = Annotated[int, Meta(ge=1, le=1095)]
Percent = Annotated[int, Meta(ge=0, le=100)]


class RuleBody(Struct, forbid_unknown_fields=True):
    """How a service is reactivated. `manual_days` null: the next source decides. `version`: of the rule that was read."""

    version: Annotated[int, Meta(ge=0)]
    active: bool
    manual_days: Days | None
    retry_interval_days: Annotated[int, Meta(ge=1, le=365)]
    max_attempts: Annotated[int, Meta(ge=1, le=10)]
    discounts: Annotated[list[Percent], Meta(max_length=10)]
    manual_reason: Annotated[str, Meta(max_length=200)] = ""

    def rule(self, stored: ServiceRule) -> ServiceRule:
        """Over what is stored: its other sources stay."""
        manual = IntervalSource.MANUAL
        others = {source: i for source, i in stored.intervals.items() if source is not manual}
        by_hand = (
            {manual: Interval(self.manual_days, self.manual_reason)} if self.manual_days else {}
        )
        return ServiceRule(
            service_id=stored.service_id,
            active=self.active,
            intervals={**by_hand, **others},
            retry_interval_days=self.retry_interval_days,
            max_attempts=self.max_attempts,
            discounts=tuple(self.discounts),
            version=self.version,
        )


class RuleView(Struct):
    """A service's rule with the four sources of its interval side by side, the one that wins marked."""

    service_id: str
    title: str
    active: bool
    manual_days: int | None
    manual_reason: str
    retry_interval_days: int
    max_attempts: int
    discounts: list[int]
    discount_cap_percent: int
    sources: list[Source]
    version: int

    @classmethod
    def of(
        cls, company: Company, service: Service, rule: ServiceRule, gaps: Gaps | None, language: str
    ) -> "RuleView":
        manual = rule.intervals.get(IntervalSource.MANUAL)
        return cls(
            service_id=service.service_id,
            title=service.title,
            active=rule.active,
            manual_days=manual.days if manual else None,
            manual_reason=manual.reason if manual else "",
            retry_interval_days=rule.retry_interval_days,
            max_attempts=rule.max_attempts,
            discounts=list(rule.discounts),
            discount_cap_percent=company.discount_cap_percent,
            sources=side_by_side(rule, gaps, language),
            version=rule.version,
        )


class EffectView(Struct):
    """What a rule, not yet saved, would do to the due list. `today`: clients due today or before; `ahead`: the next 30 days
    with today. `complete` false: so many entries that those due soonest alone were counted. `at_once`: saved, the due list
    follows before the answer; else within minutes."""

    today: Counted
    ahead: Counted
    entries: int
    moved: int
    complete: bool
    at_once: bool

    @classmethod
    def of(cls, preview: Preview) -> "EffectView":
        told = preview.effect
        at_once = told.moved <= AT_ONCE
        return cls(told.today, told.ahead, told.entries, told.moved, preview.complete, at_once)


class GapsView(Struct):
    """After how many days clients came again, counted in the night before `as_of`; nothing before the first night."""

    as_of: date | None
    bins: list[Bin]
    stats: Stats | None

    @classmethod
    def of(cls, gaps: Gaps | None) -> "GapsView":
        if gaps is None:
            return cls(None, [], None)
        return cls(gaps.as_of, bins(gaps, BIN_DAYS), stats(gaps))
