"""What the messages caused, as told to the owner: the lift, the return on what was spent, and why there is none to tell."""

from datetime import date, timedelta
from enum import StrEnum

from comeback.analytics import costs
from comeback.analytics.evidence import lift_figures
from comeback.analytics.lift import Lift, clients_needed
from comeback.analytics.model import Cost, LiftFigures, Roi
from comeback.companies.model import Company
from comeback.reactivation.model import TRIAL_DAYS

TRIALS_LOOKED_AT = timedelta(days=180)
POINTS = 0.05
"""The lift that the owner is promised to be able to see."""


class NoRoi(StrEnum):
    """Why no return is told."""

    NOBODY_HELD_OUT = "nobody_held_out"
    NOBODY_WRITTEN_TO = "nobody_written_to"
    TOO_FEW_CLIENTS = "too_few_clients"
    SPANS_ZERO = "spans_zero"
    """The lift may be chance."""
    FEWER_RETURNS = "fewer_returns"
    """Beyond chance: the messages keep clients away."""
    REVENUE_SPANS_ZERO = "revenue_spans_zero"
    """More clients come, and whether they bring more money may be chance."""
    NOTHING_SPENT = "nothing_spent"


def lift_days(today: date, since: date, until: date) -> tuple[date, date]:
    """The draws that the lift of these days is taken of: half a year at least, to the end of a month, their windows over.

    The interval keeps its word for one look: who looks daily sees chance as a success sooner or later
    (`tests/bench/lift.py` counts how often). So the figure changes once a month.
    """
    end = min(until, today.replace(day=1) - timedelta(days=TRIAL_DAYS))
    return min(since, end - TRIALS_LOOKED_AT), end


def told(found: Lift, company: Company) -> LiftFigures:
    rate = found.control.rate
    if not 0 < rate < 1 - POINTS:
        return lift_figures(found, None)
    held_out = company.holdout_percent / 100
    kept = 1 - found.variance_explained
    needed = clients_needed(rate, POINTS, control_share=held_out, variance_kept=kept)
    return lift_figures(found, needed)


def roi(found: Lift | None, clients: int, spent: Cost, company: Company) -> Roi | NoRoi:
    """`clients` were written to for `spent`: known of these days, while the lift is of more clients than those."""
    if found is None:
        return NoRoi.NOBODY_HELD_OUT
    if not clients:
        return NoRoi.NOBODY_WRITTEN_TO
    if not found.enough:
        return NoRoi.TOO_FEW_CLIENTS
    if not found.significant:
        return NoRoi.SPANS_ZERO
    if found.difference.high < 0:
        return NoRoi.FEWER_RETURNS
    if found.extra_revenue.low <= 0:
        return NoRoi.REVENUE_SPANS_ZERO
    spent_on_them = spent.exact_minor / clients * found.treated.clients
    margin = company.margin_percent
    return costs.roi(found, spent_on_them, margin_percent=margin) or NoRoi.NOTHING_SPENT
