"""Services as the admin API shows them."""

from typing import Annotated

from comeback.bookings.model import Service
from comeback.companies.model import Company, CrmKind
from comeback.ports import Catalogue
from comeback.reactivation.intervals import rule_for
from comeback.reactivation.model import IntervalSource
from msgspec import Meta, Struct, structs


class ServiceBody(Struct, forbid_unknown_fields=True):
    """A service. `price_minor` in minor units of the company's currency, the lowest where there is a range."""

    title: Annotated[str, Meta(min_length=1, max_length=120)]
    minutes: Annotated[int, Meta(ge=5, le=1440)]
    price_minor: Annotated[int, Meta(ge=0, le=10**11)]
    active: bool = True

    def service(self, service_id: str) -> Service:
        return Service(service_id, self.title.strip(), self.minutes, self.price_minor, self.active)


class ServiceView(Struct):
    """A service. `editable`: this company keeps no CRM, so it is changed here."""

    service_id: str
    title: str
    minutes: int
    price_minor: int
    currency: str
    active: bool
    editable: bool

    @classmethod
    def of(cls, company: Company, service: Service) -> "ServiceView":
        return cls(
            service.service_id,
            service.title,
            service.minutes,
            service.price_minor,
            company.currency,
            service.active,
            company.crm is CrmKind.NATIVE,
        )


class ServiceLine(ServiceView):
    """A service of the list, with the source that wins and how many clients are due for it today."""

    rule_active: bool
    source: IntervalSource
    interval_days: int
    due_today: int

    @classmethod
    def shown(
        cls, company: Company, catalogue: Catalogue, service: Service, due: int
    ) -> "ServiceLine":
        rule = rule_for(company, catalogue, service)
        source, interval = rule.interval()
        known = structs.asdict(ServiceView.of(company, service))
        return cls(
            **known,
            rule_active=rule.active,
            source=source,
            interval_days=interval.days,
            due_today=due if rule.active else 0,
        )


class ServiceList(Struct):
    """All services by title, those that are no longer offered last."""

    items: list[ServiceLine]
    editable: bool
