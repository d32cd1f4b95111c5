"""Generate: the text of an attempt, true to its facts, in the form its channel allows."""

from dataclasses import replace
from datetime import datetime, timedelta

from msgspec import json

from comeback.changes import SaveJourney
from comeback.clients.model import completed
from comeback.conversations.model import ChannelKind, Content
from comeback.errors import InvalidInput
from comeback.ports import Clock, MessageFacts, Models, Store
from comeback.reactivation import generation, whatsapp_templates, wording
from comeback.reactivation.learning import style
from comeback.reactivation.model import Journey, JourneyState, SkipReason
from comeback.reactivation.scene import READY, SKIPPED, Answer, JourneyRef, Scene, load_ref
from comeback.reactivation.styles import Style, usable

APPROVED = "approved_template"
ALSO_NAMED = 4
"""A message names so many services beside its own; a longer list would be a price list."""


class Generate:
    def __init__(self, store: Store, models: Models, clock: Clock) -> None:
        self._store = store
        self._models = models
        self._clock = clock

    def run(self, ref: JourneyRef) -> Answer:
        scene = load_ref(self._store, ref)
        journey = scene.journey(ref)
        if journey.state is JourneyState.FINISHED:
            return SKIPPED
        if journey.state is not JourneyState.PREPARED:
            return READY
        now = self._clock.now()
        styles = self._usable(journey, scene, now)
        if not styles:
            self._store.commit(scene.ending(now).skip(journey, SkipReason.NO_TEMPLATE))
            return SKIPPED
        chosen = style(self._store.arms(journey.company_id), journey, styles)
        journey = replace(journey, attempt=replace(journey.attempt, style=chosen.value))
        facts = facts_of(journey, scene, now)
        content, source = self._write(journey, scene, facts, now)
        told = json.encode(facts).decode()
        attempt = replace(journey.attempt, content=content, text_source=source, facts=told)
        written = replace(journey, state=JourneyState.WRITTEN, attempt=attempt)
        self._store.commit([SaveJourney(written)])
        return READY

    def _usable(self, journey: Journey, scene: Scene, now: datetime) -> tuple[Style, ...]:
        """Every style, but those whose template Meta has taken out where only a template may go."""
        if not _template_only(journey, scene, now):
            return tuple(Style)
        account = self._store.accounts(journey.company_id).get(ChannelKind.WHATSAPP)
        return usable(account.templates_out, scene.language) if account else tuple(Style)

    def _write(
        self, journey: Journey, scene: Scene, facts: MessageFacts, now: datetime
    ) -> tuple[Content, str]:
        """Free text where the channel takes it; WhatsApp outside its window takes the approved template alone."""
        name = scene.file.client.name
        attempt = journey.attempt
        if _template_only(journey, scene, now):
            call = whatsapp_templates.call(facts, name, journey.journey_id)
            return Content(whatsapp_templates.reads(call), template=call), APPROVED
        staff = tuple(s.name for s in scene.catalogue.staff.values())
        model = self._models.model(scene.company)
        words, source = generation.write(model, facts, staff, name)
        buttons = wording.offer_buttons(
            journey.journey_id,
            attempt.number,
            scene.in_message(journey),
            scene.company.zone,
            facts.language,
            _channel(journey),
        )
        return Content(words, buttons), source


def _channel(journey: Journey) -> ChannelKind:
    """Raises InvalidInput on a journey that Analyse has not been through."""
    if journey.attempt.address is None:
        raise InvalidInput("journey", "has no address", "Run Analyse first")
    return journey.attempt.address.channel


def _template_only(journey: Journey, scene: Scene, now: datetime) -> bool:
    return _channel(journey) is ChannelKind.WHATSAPP and not scene.file.whatsapp_open(now)


def facts_of(journey: Journey, scene: Scene, now: datetime) -> MessageFacts:
    """All that the text may say; nothing of who the client is."""
    company, language = scene.company, scene.language
    names = {s.staff_id: s.name for s in scene.catalogue.staff.values()}
    visits = completed(scene.file.visits, journey.service_id)
    last = visits[-1] if visits else None
    slots = wording.offered(scene.in_message(journey), names, company.zone, language)
    usual = names.get(last.staff_id) if last else None
    offered_staff = {slot.staff for slot in slots}
    return MessageFacts(
        language=language,
        tone=company.tone.value,
        company_title=company.title,
        service_title=scene.service.title,
        days_since_visit=(now - last.starts_at).days if last else 0,
        staff_name=usual if usual in offered_staff else None,
        slots=slots,
        discount_percent=journey.attempt.discount_percent,
        attempt=journey.attempt.number,
        also_due=also_due(journey, scene, now),
        style=journey.attempt.style,
    )


def also_due(journey: Journey, scene: Scene, now: datetime) -> tuple[str, ...]:
    """Titles of the client's other due services, the most overdue first. Analyse has put them all to rest until after this
    journey's next attempt; those that rest longer were declined or asked for later."""
    today = scene.company.local(now).date()
    resting = today + timedelta(days=scene.rule.retry_interval_days + 1)
    services = scene.catalogue.services
    found = [
        entry
        for entry in scene.catalogue.live(scene.file.due)
        if entry.service_id != journey.service_id
        and entry.due_on <= today
        and entry.next_on <= resting
        and entry.service_id in services
        and services[entry.service_id].active
    ]
    found.sort(key=lambda entry: entry.due_on)
    return tuple(services[entry.service_id].title for entry in found[:ALSO_NAMED])
