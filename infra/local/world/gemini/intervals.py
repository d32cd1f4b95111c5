"""After how many days people need a service again."""

import re
from collections.abc import Mapping
from random import Random
from typing import Any

KNOWN = (
    (r"окраш|покрас|тониров|мелиров|colou?r", 45),
    (r"бород|beard|shav", 14),
    (r"маникюр|ногт|manicure|nail", 21),
    (r"педикюр|pedicure", 28),
    (r"массаж|massage", 14),
    (r"стриж|hair\s?cut|haircut|trim", 28),
    (r"бров|ресниц|brow|lash", 28),
    (r"чистк|гигиен|отбелив|осмотр|clean|whiten|check", 180),
    (r"масл|\boil\b", 180),
    (r"шин|tyre|tire", 182),
    (r"тормоз|диагност|brake|diagnos", 365),
    (r"трениров|абонемент|training|gym", 7),
)
BY_BUSINESS = {
    "barbershop": 21,
    "beauty": 28,
    "dental": 180,
    "clinic": 365,
    "cafe": 14,
    "fitness": 7,
}
REASONS = {
    "ru": "Обычно к услуге «{service}» возвращаются примерно через {days} дн.: столько держится её результат.",
    "en": "Clients usually need “{service}” again after about {days} days: that is how long its result lasts.",
}


def estimate(facts: Mapping[str, Any], _rng: Random) -> dict[str, Any]:
    """{"business_type", "service" | "service_title", "language"?}"""
    service = str(facts.get("service") or facts.get("service_title") or "")
    business = str(facts.get("business_type") or "").lower()
    fitting = (days for pattern, days in KNOWN if re.search(pattern, service.lower()))
    days = next(fitting, BY_BUSINESS.get(business, 30))
    if days == 28 and "barber" in business:
        days = 21
    reason = REASONS["en" if facts.get("language") == "en" else "ru"]
    return {"days": days, "reason": reason.format(service=service, days=days)}
