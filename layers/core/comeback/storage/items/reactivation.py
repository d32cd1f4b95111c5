"""Who is due, journeys, and who holds a client."""

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)

from comeback.reactivation.model import (
    Completion,
    DueService,
    IntervalSource,
    Journey,
    JourneyState,
    Stage,
    Trial,
    Why,
)
from comeback.storage import keys
from comeback.storage.items.attempts import AttemptMap
from comeback.storage.items.base import (
    Choice,
    Day,
    Item,
    Text,
    Whole,
    sortable,
)


class DueItem(Item, discriminator="due"):
    """Stands in the due index (GSI1) by `next_on`."""

    company_id = UnicodeAttribute()
    client_id = UnicodeAttribute()
    service_id = UnicodeAttribute()
    due_on = Day()
    next_on = Day()
    last_visit_on = Day()
    visits = Whole()
    spend_minor = Whole()
    vip = BooleanAttribute()
    source = Choice(IntervalSource)
    reason = Text()
    low = Day(null=True)
    high = Day(null=True)
    p_active = NumberAttribute(null=True)
    forecast_on = Day(null=True)
    rests_until = Day(null=True)
    agreed = BooleanAttribute(default=True)

    @classmethod
    def of(cls, due: DueService) -> "DueItem":
        return cls(
            *keys.due(due.company_id, due.client_id, due.service_id),
            company_id=due.company_id,
            client_id=due.client_id,
            service_id=due.service_id,
            due_on=due.due_on,
            next_on=due.next_on,
            last_visit_on=due.last_visit_on,
            visits=due.visits,
            spend_minor=due.spend_minor,
            vip=due.vip,
            source=due.source,
            reason=due.reason,
            low=due.low,
            high=due.high,
            p_active=due.p_active,
            forecast_on=due.forecast_on,
            rests_until=due.rests_until,
            agreed=due.agreed,
            first_pk=keys.due_index(due.company_id),
            first_sk=due.next_on.isoformat(),
        )

    def due(self) -> DueService:
        return DueService(
            company_id=self.company_id,
            client_id=self.client_id,
            service_id=self.service_id,
            due_on=self.due_on,
            next_on=self.next_on,
            last_visit_on=self.last_visit_on,
            visits=self.visits,
            spend_minor=self.spend_minor,
            vip=self.vip,
            source=self.source,
            reason=self.reason,
            low=self.low,
            high=self.high,
            p_active=self.p_active,
            forecast_on=self.forecast_on,
            rests_until=self.rests_until,
            agreed=self.agreed,
        )


class JourneyItem(Item, discriminator="journey"):
    """Stands under its campaign day (GSI2), and by the answer's deadline while it waits for one (GSI1)."""

    personal = frozenset({"attempt", "earlier"})

    company_id = UnicodeAttribute()
    client_id = UnicodeAttribute()
    service_id = UnicodeAttribute()
    journey_id = UnicodeAttribute()
    campaign_on = Day()
    started_at = UTCDateTimeAttribute()
    state = Choice(JourneyState)
    attempt = AttemptMap()
    earlier = ListAttribute(of=AttemptMap, default=list)
    counted = UnicodeSetAttribute()
    completion = Choice(Completion, null=True)
    finished_at = UTCDateTimeAttribute(null=True)
    why = Choice(Why, null=True)
    p_return = NumberAttribute(null=True)
    version = Whole()

    @classmethod
    def of(cls, journey: Journey) -> "JourneyItem":
        item = cls(
            *keys.journey(journey.company_id, journey.client_id, journey.journey_id),
            company_id=journey.company_id,
            client_id=journey.client_id,
            service_id=journey.service_id,
            journey_id=journey.journey_id,
            campaign_on=journey.campaign_on,
            started_at=journey.started_at,
            state=journey.state,
            attempt=AttemptMap.of(journey.attempt),
            earlier=[AttemptMap.of(attempt) for attempt in journey.earlier],
            counted={stage.value for stage in journey.counted},
            completion=journey.completion,
            finished_at=journey.finished_at,
            why=journey.why,
            p_return=journey.p_return,
            version=journey.version,
            second_pk=keys.campaign_index(journey.company_id, journey.campaign_on),
            second_sk=journey.journey_id,
        )
        if journey.state is JourneyState.WAITING and journey.attempt.deadline:
            item.first_pk = keys.wait_index(journey.company_id)
            item.first_sk = sortable(journey.attempt.deadline)
        return item

    def journey(self) -> Journey:
        return Journey(
            company_id=self.company_id,
            client_id=self.client_id,
            service_id=self.service_id,
            journey_id=self.journey_id,
            campaign_on=self.campaign_on,
            started_at=self.started_at,
            state=self.state,
            attempt=self.attempt.attempt(),
            earlier=tuple(attempt.attempt() for attempt in self.earlier),
            counted=frozenset(Stage(stage) for stage in self.counted or ()),
            completion=self.completion,
            finished_at=self.finished_at,
            why=self.why or Why.DUE,
            p_return=self.p_return,
            version=self.version,
        )


class ActiveItem(Item, discriminator="active"):
    """The journey that holds a client."""

    journey_id = UnicodeAttribute()

    @classmethod
    def of(cls, company_id: str, client_id: str, journey_id: str) -> "ActiveItem":
        return cls(*keys.active(company_id, client_id), journey_id=journey_id)


class TrialItem(Item, discriminator="trial"):
    """Stands under its month too (GSI2), by day."""

    company_id = UnicodeAttribute()
    client_id = UnicodeAttribute()
    trial_id = UnicodeAttribute()
    service_id = UnicodeAttribute()
    on = Day()
    treated = BooleanAttribute()
    baseline = NumberAttribute()
    returned = BooleanAttribute(null=True)
    revenue_minor = Whole()

    @classmethod
    def of(cls, trial: Trial) -> "TrialItem":
        return cls(
            *keys.trial(trial.company_id, trial.client_id, trial.trial_id),
            company_id=trial.company_id,
            client_id=trial.client_id,
            trial_id=trial.trial_id,
            service_id=trial.service_id,
            on=trial.on,
            treated=trial.treated,
            baseline=trial.baseline,
            returned=trial.returned,
            revenue_minor=trial.revenue_minor,
            second_pk=keys.trials_index(trial.company_id, trial.on),
            second_sk=f"{trial.on.isoformat()}#{trial.client_id}",
        )

    def trial(self) -> Trial:
        return Trial(
            company_id=self.company_id,
            client_id=self.client_id,
            trial_id=self.trial_id,
            service_id=self.service_id,
            on=self.on,
            treated=self.treated,
            baseline=float(self.baseline),
            returned=self.returned,
            revenue_minor=self.revenue_minor,
        )
