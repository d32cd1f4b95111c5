"""What the messages brought, and what is being learnt."""

from api.admin.resource import Asked, Resource
from api.admin.wire import making_results as making
from api.admin.wire.results import Experiments, PeriodQuery, Results
from comeback.analytics.results import days_of
from comeback.runtime import wiring

results = Resource("results")


@results.get("/stats", query=PeriodQuery, answers=Results)
def show_stats(asked: Asked[PeriodQuery]) -> Results:
    """Overview, breakdowns, hours and days, money, lift: for a period or a range of days."""
    query, company = asked.query, wiring.store().company(asked.company_id)
    today = company.local(asked.now).date()
    until = query.until or today
    since = query.since or days_of(query.period, until)[0]
    found = wiring.results().company(asked.company_id, since, until, asked.now)
    return making.shown(found, company)


@results.get("/experiments", answers=Experiments)
def list_experiments(asked: Asked[None]) -> Experiments:
    """What is tried beside what, and how often each way was followed by a booking."""
    return making.experiments(wiring.results().experiments(asked.company_id))
