"""From the table's journeys and trials to the flat records that figures are made of."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from comeback.analytics.lift import Lift, Observation
from comeback.analytics.model import AttemptFact, LiftFigures
from comeback.bookings.model import Service
from comeback.companies.model import Company
from comeback.reactivation.model import Attempt, Journey, Outcome, Stage, Trial

NOT_ARRIVED = (Outcome.UNDELIVERABLE, Outcome.POSTPONED, Outcome.SKIPPED, Outcome.FAILED)
"""Of these attempts no message reached anybody: they are the limits' matter, not the texts'."""


def attempts(
    journeys: Iterable[Journey], services: Mapping[str, Service], company: Company, now: datetime
) -> tuple[AttemptFact, ...]:
    """One record for each message that left, in the order of sending."""
    facts = [
        _fact(journey, attempt, services, company, now)
        for journey in journeys
        for attempt in journey.attempts
        if attempt.sent_at and attempt.address and attempt.outcome not in NOT_ARRIVED
    ]
    return tuple(sorted(facts, key=lambda fact: fact.sent_at))


def _fact(
    journey: Journey,
    attempt: Attempt,
    services: Mapping[str, Service],
    company: Company,
    now: datetime,
) -> AttemptFact:
    """Delivered and read are known of the journey as a whole, so they are told of its last message."""
    if attempt.sent_at is None or attempt.address is None:
        raise ValueError(f"attempt {attempt.number} of {journey.journey_id} was never sent")
    service = services.get(journey.service_id)
    last = attempt is journey.attempt
    full = service.price_minor if service and attempt.booked_at else 0
    over = attempt.sent_at + timedelta(days=company.attribution_days)
    return AttemptFact(
        service_id=journey.service_id,
        service=service.title if service else "",
        attempt=attempt.number,
        channel=attempt.address.channel,
        sent_at=company.local(attempt.sent_at),
        variant=attempt.style,
        offer_percent=attempt.discount_percent,
        delivered=last and Stage.DELIVERED in journey.counted,
        read=last and Stage.READ in journey.counted,
        answered_at=_local(attempt.answered_at, company),
        booked_at=_local(attempt.booked_at, company),
        opted_out=last and Stage.OPTED_OUT in journey.counted,
        revenue_minor=round(full * (100 - attempt.discount_percent) / 100),
        settled_at=company.local(over) if over <= now else None,
    )


def _local(moment: datetime | None, company: Company) -> datetime | None:
    return company.local(moment) if moment else None


def observations(trials: Iterable[Trial]) -> tuple[Observation, ...]:
    """A client's first draw whose window is over; later ones are not independent of it. `trials` oldest first."""
    first: dict[str, Observation] = {}
    for trial in trials:
        if trial.returned is None or trial.client_id in first:
            continue
        first[trial.client_id] = Observation(
            treated=trial.treated,
            returned=trial.returned,
            revenue_minor=trial.revenue_minor,
            baseline=trial.baseline,
        )
    return tuple(first.values())


def lift_figures(found: Lift, needed: int | None) -> LiftFigures:
    """`needed`: clients of both groups together that a lift of five points takes to be seen."""
    seen = found.treated.clients + found.control.clients
    extra = found.extra_returns
    return LiftFigures(
        difference=found.difference.value,
        low=found.difference.low,
        high=found.difference.high,
        returned=found.treated.returned,
        extra_returns=extra.value,
        extra_low=extra.low,
        extra_high=extra.high,
        enough=found.enough,
        more_clients=max(0, needed - seen) or None if needed is not None else None,
    )
