"""Whether this client is worth a message now, and what would happen without one: the numbers before the draw. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from comeback.clients.model import completed
from comeback.conversations.model import Account, Address, Signal
from comeback.reactivation.bandit import Prior, seeded
from comeback.reactivation.model import TRIAL_DAYS, Tally
from comeback.reactivation.reachability import marketing_sent
from comeback.reactivation.returns import ReturnForecast
from comeback.reactivation.scene import Scene
from comeback.reactivation.worth import Case, Gain, expected_gain, persuadable

OPTS_OUT = Prior(0.01, 100)
"""Opt-outs and blocks per message until the account's own are known: a judgement, a fifth of the specification's bound."""
YEAR_DAYS = 365
EXPLORED = 0.05
"""Share written to although it does not seem to pay: were nobody, nothing could ever show that it does. A judgement."""
TRIALS, TREATED, CONTROL = "trial", "treated", "control"
"""The dimension and arms under which settled trials are counted."""


@dataclass(frozen=True)
class Judgement:
    p_return: float
    """Chance of a visit within TRIAL_DAYS if nobody writes."""
    gain: Gain | None
    """None where no price of the service is known: then it is not ours to say that a message does not pay."""
    case: Case | None = None
    """What the gain is of: the message at the full price."""

    @property
    def worth(self) -> bool:
        return self.gain is None or self.gain.worth


def judge(
    scene: Scene,
    address: Address,
    forecast: ReturnForecast,
    trials: Mapping[str, Tally],
    account: Account | None,
    now: datetime,
    chair_on: date | None = None,
) -> Judgement:
    """`chair_on`: the local day whose empty chair is offered; without it, any of the coming days."""
    p_return = forecast.p_return_within(TRIAL_DAYS)
    ticket = usual_ticket(scene)
    if not ticket:
        return Judgement(p_return, None)
    company = scene.company
    month = now - timedelta(days=30)
    lifetime = forecast.expected_visits(YEAR_DAYS) * ticket * company.margin_percent / 100
    case = Case(
        p_return_alone=p_return,
        ticket_minor=ticket,
        margin_percent=company.margin_percent,
        message_price_minor=company.message_price(address.channel),
        opt_out_rate=opt_out_rate(account),
        lifetime_minor=round(lifetime),
        persuadable=persuadable(trials.get(TREATED, Tally()), trials.get(CONTROL, Tally())),
        messages_30_days=sum(sent > month for sent in marketing_sent(scene.file)),
        pulled_forward=pulled_forward(forecast, chair_on) if chair_on else 0.0,
    )
    return Judgement(p_return, expected_gain(case), case)


def pulled_forward(forecast: ReturnForecast, day: date) -> float:
    """By what share of their usual gap a visit on `day` would be sooner than the one they would make anyway; 0 to 1."""
    gap = (forecast.due_on - forecast.last_visit_on).days
    _, anyway, _ = forecast.next_visit(TRIAL_DAYS)
    return min(1.0, max(0.0, (anyway - day).days / gap)) if gap > 0 else 0.0


def explores(journey_id: str) -> bool:
    """The same for a step that is run again."""
    return seeded(journey_id, 1, "worth").random() < EXPLORED


def usual_ticket(scene: Scene) -> int:
    """What this client usually pays for the service, else its price; minor units, 0 where neither is known."""
    service_id = scene.service.service_id
    paid = [v.amount_minor for v in completed(scene.file.visits, service_id) if v.amount_minor]
    return round(median(paid)) if paid else scene.service.price_minor


def opt_out_rate(account: Account | None) -> float:
    days = account.days if account else ()
    sent = sum(day.count(Signal.SENT) for day in days)
    out = sum(day.count(Signal.OPTED_OUT) + day.count(Signal.BLOCKED) for day in days)
    return OPTS_OUT.after(Tally(max(sent, out), out))
