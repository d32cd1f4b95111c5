"""How many days after a visit the next is expected, by source: manual → historical → AI → default.

Each source's value is kept beside its reason (`ServiceRule.intervals`), so that the owner sees all four and
why one wins.
"""

from dataclasses import replace

from comeback.bookings.model import Service
from comeback.companies.model import BusinessType, Company
from comeback.ports import Catalogue
from comeback.reactivation.model import Interval, IntervalSource, ServiceRule

FALLBACK_DAYS = 30

DEFAULT_DAYS: dict[BusinessType, tuple[tuple[tuple[str, ...], int], ...]] = {
    BusinessType.BEAUTY: (
        (("окраш", "колорир", "мелиров", "colour", "color", "highlights"), 45),
        (("маникюр", "ногт", "manicure", "nails"), 21),
        (("педикюр", "pedicure"), 28),
        (("массаж", "massage"), 14),
        (("стриж", "haircut", "cut"), 28),
    ),
    BusinessType.BARBERSHOP: (
        (("бород", "усы", "beard", "shave"), 14),
        (("стриж", "haircut", "cut"), 21),
    ),
    BusinessType.DENTAL: ((("",), 180),),
    BusinessType.FITNESS: ((("",), 7),),
    BusinessType.CAR_WORKSHOP: (
        (("масл", "oil"), 180),
        (("шин", "резин", "колес", "tyre", "tire", "wheel"), 180),
        (("тормоз", "диагност", "brake", "diagnos"), 365),
    ),
    BusinessType.CAFE: ((("",), 14),),
    BusinessType.CLINIC: ((("",), 365),),
    BusinessType.OTHER: (),
}
"""Days by words in the service's title, the specification's defaults (reactivation.md, Rule per service). Tyres are
seasonal: twice a year."""


def default_interval(business_type: BusinessType, title: str) -> Interval:
    lowered = title.casefold()
    for words, days in DEFAULT_DAYS[business_type]:
        word = next((w for w in words if w in lowered), None)
        if word is not None:
            return Interval(days, f"default for {business_type.value}: {word or 'any service'}")
    return Interval(FALLBACK_DAYS, "default for any business")


def rule_for(company: Company, catalogue: Catalogue, service: Service) -> ServiceRule:
    """The stored rule, or a new one; always with its default source filled."""
    rule = catalogue.rules.get(service.service_id) or ServiceRule(service.service_id)
    default = default_interval(company.business_type, service.title)
    return replace(rule, intervals={IntervalSource.DEFAULT: default, **rule.intervals})
