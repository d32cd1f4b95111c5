"""Send when the margin a message is expected to win exceeds its price, its discount and the fatigue it leaves.

Money in minor units of the company's currency, as floats: these are expectations, and a message may cost a fraction.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist

from comeback.reactivation.bandit import Prior, choose, rates
from comeback.reactivation.model import Tally

PERSUADED = 0.07
PERSUADED_SD = 0.05
"""Of those who would stay away, the share a message brings: judgements until the holdout says better. About half of the
specification's target conversion of 15 % (reactivation.md), the other half taken for clients who would have come anyway."""
SMOOTHING = Prior(0.5, 1)
"""Jeffreys' prior, so that a group without a return still has a variance."""
FATIGUE_GROWTH = 0.5
"""Each message of the last 30 days adds half to the chance of an opt-out: a judgement."""
HOPED = NormalDist().inv_cdf(0.9)
"""Standard deviations: the upper end of an 80 % interval."""
PLAIN, REDUCED = "plain", "reduced"
LOST_WITH_CONSENT = 0.15
"""Of a year's margin, what goes with the right to write: a judgement. Who opts out of messages may well come unasked."""


@dataclass(frozen=True)
class Case:
    """One client, service and message as they stand before sending.

    p_return_alone: chance of a return within the attribution window without a message. persuadable: share of those not
    returning whom it wins (`persuadable()`). margin_percent, discount_percent: of the ticket. messages_30_days: those the
    client had already. opt_out_rate: per message, for a client not written to of late. lifetime_minor: margin expected
    from the client over the next year. pulled_forward: who would have come later anyway and comes now comes sooner by this
    share of their usual gap, 0 to 1; so much of a visit is won.
    """

    p_return_alone: float
    ticket_minor: int
    margin_percent: int
    message_price_minor: float
    opt_out_rate: float
    lifetime_minor: int
    persuadable: float = PERSUADED
    discount_percent: int = 0
    messages_30_days: int = 0
    pulled_forward: float = 0.0


@dataclass(frozen=True)
class Gain:
    """What a message is expected to win (`margin`) and to cost (the rest, none below zero)."""

    margin: float
    discount: float
    fatigue: float
    price: float

    @property
    def total(self) -> float:
        return self.margin - self.discount - self.fatigue - self.price

    @property
    def worth(self) -> bool:
        return self.total > 0


def persuadable(treated: Tally, control: Tally) -> float:
    """Of those who would stay away, the share a message brings; between 0 and 1. Tallies count returns (won).

    Both groups are clients whom the holdout's coin divided after every other check, this module's included; otherwise they
    differ by more than the message. The estimate 1 − (1−t)/(1−c) and the default are weighted by their precision, its
    variance by the delta method, so that a small holdout moves the default little.
    """
    if not (treated.tried and control.tried):
        return PERSUADED
    t, c = SMOOTHING.after(treated), SMOOTHING.after(control)
    stayed = (1 - t) / (1 - c)
    spread = t / (1 - t) / treated.tried + c / (1 - c) / control.tried
    precision, default = 1 / (stayed**2 * spread), PERSUADED_SD**-2
    share = (precision * (1 - stayed) + default * PERSUADED) / (precision + default)
    return min(1.0, max(0.0, share))


def expected_gain(case: Case) -> Gain:
    """The discount goes to all who come with it, also to those who would have come at the full price."""
    won = case.persuadable * (1 - case.p_return_alone)
    sooner = case.persuadable * case.p_return_alone * case.pulled_forward
    opts_out = min(1.0, case.opt_out_rate * (1 + FATIGUE_GROWTH * case.messages_30_days))
    return Gain(
        margin=(won + sooner) * case.ticket_minor * case.margin_percent / 100,
        discount=(case.p_return_alone + won) * case.ticket_minor * case.discount_percent / 100,
        fatigue=opts_out * case.lifetime_minor * LOST_WITH_CONSENT,
        price=case.message_price_minor,
    )


def with_discount(case: Case, percent: int, plain: Tally, discounted: Tally) -> Case:
    """The same message with a discount, which wins as many more as may be hoped by what attempts have shown.

    The upper end of the 80 % interval of the difference in bookings: an untried discount may win many, one that has proved
    useless none. Of those it brings as many would have stayed away as of all (1 − p_return_alone).
    """
    known = rates({PLAIN: plain, REDUCED: discounted})
    spread = sqrt(known[PLAIN].variance + known[REDUCED].variance)
    more = known[REDUCED].mean - known[PLAIN].mean + HOPED * spread
    share = min(1.0, max(0.0, case.persuadable + more))
    return replace(case, persuadable=share, discount_percent=percent)


def discount_pays(case: Case, percent: int, plain: Tally, discounted: Tally) -> bool:
    """Whether this client's message would pay with the discount, and more than without; by what may be hoped of it, so that
    all to whom it might be given are those among whom chance decides."""
    reduced = expected_gain(with_discount(case, percent, plain, discounted))
    return reduced.total > max(0, expected_gain(case).total)


def offer(
    plain: Tally,
    discounted: Tally,
    rng: random.Random,
    *,
    discount_percent: int,
    margin_percent: int,
) -> int:
    """The discount, per cent, of an attempt that may carry one: `discount_percent` or 0, by a sampled rate of booking × the
    margin left, with the bandit's floor. The rates count all who book, so who would have come anyway weighs against the
    discount. A tie goes to the plain message, the first by name.
    """
    arms = {PLAIN: plain, REDUCED: discounted}
    left = {PLAIN: margin_percent, REDUCED: margin_percent - discount_percent}
    return discount_percent if choose(arms, rng, value=left) == REDUCED else 0


def best_first(gains: Mapping[str, Gain], messages: int) -> tuple[str, ...]:
    """Whom to write to when only so many messages may leave: the worthwhile, most gain first; ties by id."""
    worthwhile = (name for name, gain in gains.items() if gain.worth)
    return tuple(
        sorted(worthwhile, key=lambda name: (-gains[name].total, name))[: max(0, messages)]
    )
