"""What the messages brought, by attempt, hour and so on, and what they caused: lift with its interval."""

import calendar
from collections.abc import Sequence
from datetime import timedelta

from comeback.analytics import conversions
from comeback.analytics.evidence import attempts, observations
from comeback.analytics.lift import Lift, lift
from comeback.analytics.model import AttemptFact, Dimension
from comeback.companies.model import Company
from comeback.reactivation.model import TRIAL_DAYS
from rich.console import Console
from rich.table import Table

from demo.driver import Driver


def show(console: Console, driver: Driver, company: Company) -> None:
    today = company.local(driver.now()).date()
    drawn = list(driver.store.trials(company.company_id, today.replace(month=1, day=1), today))
    over = observations(drawn)
    treated, held_out = (sum(t.treated is side for t in drawn) for side in (True, False))
    console.print(
        f"[bold]Lift[/bold]: {treated} clients drawn to be written to, {held_out} held out "
        f"({company.holdout_percent} %); the {TRIAL_DAYS} days are over for {len(over)} of them"
    )
    if over:
        console.print(told(lift(over)), highlight=False)


def told(found: Lift) -> str:
    at, control = found.difference, found.control
    lines = [
        f"  came back: {found.treated.rate:.0%} of those written to, {control.rate:.0%} of those held out",
        f"  lift {100 * at.value:+.0f} points, 80 % interval {100 * at.low:+.0f} to {100 * at.high:+.0f}",
    ]
    if not found.enough:
        lines.append("  too few clients to claim anything: no return on it is told")
    elif not found.significant:
        lines.append("  the interval holds zero: no return on it is told")
    return "\n".join(lines)


def facts(driver: Driver, company: Company) -> tuple[AttemptFact, ...]:
    """One per message sent so far."""
    store, now = driver.store, driver.now()
    today = company.local(now).date()
    journeys = [
        journey
        for n in range(60)
        for journey in store.journeys_on(company.company_id, today - timedelta(days=n))
    ]
    return attempts(journeys, store.catalogue(company.company_id).services, company, now)


def show_conversions(console: Console, of: Sequence[AttemptFact]) -> None:
    table = Table(title="Conversions", title_justify="left")
    for column in ("by", "", "sent", "answered", "booked", "half answer within"):
        table.add_column(column, justify="left" if column in ("by", "") else "right")
    for dimension in Dimension:
        for row in conversions.conversions(of, by=dimension):
            figures, hours = row.figures, row.figures.response_hours
            table.add_row(
                dimension.value,
                row.title or _shown(dimension, row.key),
                *(str(n) for n in (figures.sent, figures.answered, figures.booked)),
                f"{hours:.1f} h" if hours is not None else "",
            )
        table.add_section()
    console.print(table)


def _shown(dimension: Dimension, key: int | str) -> str:
    if dimension is Dimension.WEEKDAY:
        return calendar.day_abbr[int(key)]
    return f"{key}:00" if dimension is Dimension.HOUR else str(key)
