"""A company, its catalogue, and what its jobs remember.

Long on purpose: a company has many settings, each mapped by name and back.
"""

from collections.abc import Mapping
from datetime import datetime

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)

from comeback.bookings.model import Service, Staff
from comeback.companies.model import (
    BusinessType,
    Company,
    CrmKind,
    EmptyChairs,
    Hours,
    SendingWindow,
    Tone,
)
from comeback.conversations.model import ChannelKind
from comeback.reactivation.model import Gaps, Interval, IntervalSource, ServiceRule
from comeback.storage import keys
from comeback.storage.items.base import (
    AddressMap,
    Choice,
    Day,
    Item,
    Map,
    Text,
    Texts,
    WallTime,
    Whole,
    Wholes,
)
from comeback.storage.keys import Key


class HoursMap(Map):
    """One weekday's hours, Monday=0."""

    weekday = Whole()
    opens = WallTime()
    closes = WallTime()


def _to_week(hours: Mapping[int, Hours]) -> list[HoursMap]:
    return [HoursMap(weekday=d, opens=h.opens, closes=h.closes) for d, h in hours.items()]


def _from_week(week: list[HoursMap]) -> dict[int, Hours]:
    return {day.weekday: Hours(day.opens, day.closes) for day in week}


class CompanyItem(Item, discriminator="company"):
    company_id = UnicodeAttribute()
    title = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    business_type = Choice(BusinessType)
    currency = UnicodeAttribute()
    language = UnicodeAttribute()
    crm = Choice(CrmKind)
    crm_company_id = Text()
    enabled = BooleanAttribute()
    campaign_hour = Whole()
    tone = Choice(Tone)
    sending_start = WallTime()
    sending_end = WallTime()
    sending_days = Wholes()
    opening = ListAttribute(of=HoursMap, default=list)
    channels = Texts()
    daily_limit = Whole(null=True)
    slots_in_message = BooleanAttribute()
    max_slots = Whole()
    prefer_favourite_staff = BooleanAttribute()
    discount_cap_percent = Whole()
    answer_days = Whole()
    attribution_days = Whole()
    owner = AddressMap(null=True)
    holdout_percent = Whole(default=Company.holdout_percent)
    margin_percent = Whole(default=Company.margin_percent)
    message_prices = JSONAttribute(default=dict)
    minor_per_usd = Whole(null=True)
    week_cap = Whole(default=Company.week_cap)
    month_cap = Whole(default=Company.month_cap)
    empty_chairs = Choice(EmptyChairs, null=True)
    empty_chairs_limit = Whole(default=Company.empty_chairs_limit)
    conversion_warning_percent = Whole(default=Company.conversion_warning_percent)
    report_hour = Whole(default=Company.report_hour)
    version = Whole(default=Company.version)

    @classmethod
    def of(cls, company: Company, at: Key) -> "CompanyItem":
        return cls(
            *at,
            company_id=company.company_id,
            title=company.title,
            time_zone=company.time_zone,
            business_type=company.business_type,
            currency=company.currency,
            language=company.language,
            crm=company.crm,
            crm_company_id=company.crm_company_id,
            enabled=company.enabled,
            campaign_hour=company.campaign_hour,
            tone=company.tone,
            sending_start=company.sending.start,
            sending_end=company.sending.end,
            sending_days=tuple(sorted(company.sending.days)),
            opening=_to_week(company.opening),
            channels=tuple(channel.value for channel in company.channels),
            daily_limit=company.daily_limit,
            slots_in_message=company.slots_in_message,
            max_slots=company.max_slots,
            prefer_favourite_staff=company.prefer_favourite_staff,
            discount_cap_percent=company.discount_cap_percent,
            answer_days=company.answer_days,
            attribution_days=company.attribution_days,
            owner=AddressMap.of(company.owner) if company.owner else None,
            holdout_percent=company.holdout_percent,
            margin_percent=company.margin_percent,
            message_prices={c.value: price for c, price in company.message_prices.items()},
            minor_per_usd=company.minor_per_usd,
            week_cap=company.week_cap,
            month_cap=company.month_cap,
            empty_chairs=company.empty_chairs,
            empty_chairs_limit=company.empty_chairs_limit,
            conversion_warning_percent=company.conversion_warning_percent,
            report_hour=company.report_hour,
            version=company.version,
        )

    def company(self) -> Company:
        return Company(
            company_id=self.company_id,
            title=self.title,
            time_zone=self.time_zone,
            business_type=self.business_type,
            currency=self.currency,
            language=self.language,
            crm=self.crm,
            crm_company_id=self.crm_company_id,
            enabled=self.enabled,
            campaign_hour=self.campaign_hour,
            tone=self.tone,
            sending=SendingWindow(
                self.sending_start, self.sending_end, frozenset(self.sending_days)
            ),
            opening=_from_week(self.opening),
            channels=tuple(ChannelKind(channel) for channel in self.channels),
            daily_limit=self.daily_limit,
            slots_in_message=self.slots_in_message,
            max_slots=self.max_slots,
            prefer_favourite_staff=self.prefer_favourite_staff,
            discount_cap_percent=self.discount_cap_percent,
            answer_days=self.answer_days,
            attribution_days=self.attribution_days,
            owner=self.owner.address() if self.owner is not None else None,
            holdout_percent=self.holdout_percent,
            margin_percent=self.margin_percent,
            message_prices={ChannelKind(c): price for c, price in self.message_prices.items()},
            minor_per_usd=self.minor_per_usd,
            week_cap=self.week_cap,
            month_cap=self.month_cap,
            empty_chairs=self.empty_chairs or Company.empty_chairs,
            empty_chairs_limit=self.empty_chairs_limit,
            conversion_warning_percent=self.conversion_warning_percent,
            report_hour=self.report_hour,
            version=self.version,
        )


class ServiceItem(Item, discriminator="service"):
    service_id = UnicodeAttribute()
    title = UnicodeAttribute()
    minutes = Whole()
    price_minor = Whole()
    active = BooleanAttribute()

    @classmethod
    def of(cls, company_id: str, service: Service) -> "ServiceItem":
        return cls(
            *keys.service(company_id, service.service_id),
            service_id=service.service_id,
            title=service.title,
            minutes=service.minutes,
            price_minor=service.price_minor,
            active=service.active,
        )

    def service(self) -> Service:
        return Service(
            service_id=self.service_id,
            title=self.title,
            minutes=self.minutes,
            price_minor=self.price_minor,
            active=self.active,
        )


class StaffItem(Item, discriminator="staff"):
    staff_id = UnicodeAttribute()
    name = UnicodeAttribute()
    service_ids = UnicodeSetAttribute()
    hours = ListAttribute(of=HoursMap, default=list)

    @classmethod
    def of(cls, company_id: str, staff: Staff) -> "StaffItem":
        return cls(
            *keys.staff(company_id, staff.staff_id),
            staff_id=staff.staff_id,
            name=staff.name,
            service_ids=set(staff.service_ids),
            hours=_to_week(staff.hours),
        )

    def staff(self) -> Staff:
        return Staff(
            staff_id=self.staff_id,
            name=self.name,
            service_ids=frozenset(self.service_ids or ()),
            hours=_from_week(self.hours),
        )


class IntervalMap(Map):
    source = Choice(IntervalSource)
    days = Whole()
    reason = Text()


class RuleItem(Item, discriminator="rule"):
    service_id = UnicodeAttribute()
    active = BooleanAttribute()
    intervals = ListAttribute(of=IntervalMap, default=list)
    retry_interval_days = Whole()
    max_attempts = Whole()
    discounts = Wholes()
    version = Whole()

    @classmethod
    def of(cls, company_id: str, rule: ServiceRule) -> "RuleItem":
        return cls(
            *keys.rule(company_id, rule.service_id),
            service_id=rule.service_id,
            active=rule.active,
            intervals=[
                IntervalMap(source=source, days=interval.days, reason=interval.reason)
                for source, interval in rule.intervals.items()
            ],
            retry_interval_days=rule.retry_interval_days,
            max_attempts=rule.max_attempts,
            discounts=rule.discounts,
            version=rule.version,
        )

    def rule(self) -> ServiceRule:
        return ServiceRule(
            service_id=self.service_id,
            active=self.active,
            intervals={i.source: Interval(i.days, i.reason) for i in self.intervals},
            retry_interval_days=self.retry_interval_days,
            max_attempts=self.max_attempts,
            discounts=self.discounts,
            version=self.version,
        )


class ModelItem(Item, discriminator="model"):
    model_json = UnicodeAttribute()
    fitted_at = UTCDateTimeAttribute()

    @classmethod
    def of(cls, company_id: str, service_id: str, model_json: str, at: datetime) -> "ModelItem":
        return cls(*keys.model(company_id, service_id), model_json=model_json, fitted_at=at)


class GapsItem(Item, discriminator="gaps"):
    as_of = Day()
    clients = Whole()
    returned = Whole()
    counts = JSONAttribute(default=dict)

    @classmethod
    def of(cls, company_id: str, service_id: str, gaps: Gaps) -> "GapsItem":
        return cls(
            *keys.gaps(company_id, service_id),
            as_of=gaps.as_of,
            clients=gaps.clients,
            returned=gaps.returned,
            counts={str(days): n for days, n in gaps.counts.items()},
        )

    def gaps(self) -> Gaps:
        counts = {int(days): n for days, n in self.counts.items()}
        return Gaps(self.as_of, self.clients, self.returned, counts)


class CursorItem(Item, discriminator="cursor"):
    cursor = JSONAttribute()

    @classmethod
    def of(cls, company_id: str, name: str, cursor: Mapping[str, str]) -> "CursorItem":
        return cls(*keys.cursor(company_id, name), cursor=dict(cursor))
