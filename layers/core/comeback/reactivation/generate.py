"""Generate: the text of an attempt, true to its facts, in the form its channel allows."""

from dataclasses import replace
from datetime import datetime, timedelta

from comeback.changes import SaveJourney
from comeback.clients.model import VisitStatus
from comeback.conversations.model import ChannelKind, Content
from comeback.ports import Clock, MessageFacts, Models, Store
from comeback.reactivation import generation, whatsapp_templates, wording
from comeback.reactivation.model import Journey, JourneyState
from comeback.reactivation.scene import READY, SKIPPED, Answer, JourneyRef, Scene, load_ref
from comeback.texts import supported

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
        content, source = self._write(journey, scene, self._clock.now())
        attempt = replace(journey.attempt, content=content, text_source=source)
        written = replace(journey, state=JourneyState.WRITTEN, attempt=attempt)
        self._store.commit([SaveJourney(written)])
        return READY

    def _write(self, journey: Journey, scene: Scene, now: datetime) -> tuple[Content, str]:
        """Free text where the channel takes it; WhatsApp outside its window takes the approved template alone."""
        facts = facts_of(journey, scene, now)
        name = scene.file.client.name
        attempt = journey.attempt
        conversation = scene.file.conversation(ChannelKind.WHATSAPP)
        on_whatsapp = (
            attempt.address is not None and attempt.address.channel is ChannelKind.WHATSAPP
        )
        if on_whatsapp and not (conversation and conversation.window_open(now)):
            call = whatsapp_templates.call(facts, name, journey.journey_id)
            return Content(whatsapp_templates.reads(call), template=call), APPROVED
        staff = tuple(s.name for s in scene.catalogue.staff.values())
        model = self._models.model(scene.company)
        words, source = generation.write(model, facts, staff, name)
        buttons = wording.offer_buttons(
            journey.journey_id,
            attempt.number,
            attempt.slots,
            scene.company.zone,
            facts.language,
            ChannelKind.WHATSAPP if on_whatsapp else ChannelKind.TELEGRAM,
        )
        return Content(words, buttons), source


def facts_of(journey: Journey, scene: Scene, now: datetime) -> MessageFacts:
    """All that the text may say; nothing of who the client is."""
    company, client = scene.company, scene.file.client
    language = supported(client.language or company.language)
    names = {s.staff_id: s.name for s in scene.catalogue.staff.values()}
    visits = [
        v
        for v in scene.file.visits
        if v.status is VisitStatus.COMPLETED and v.service_id == journey.service_id
    ]
    last = visits[-1] if visits else None
    slots = wording.offered(journey.attempt.slots, names, company.zone, language)
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
    )


def also_due(journey: Journey, scene: Scene, now: datetime) -> tuple[str, ...]:
    """Titles of the client's other due services, the most overdue first. Analyse has put them all to rest until after this
    journey's next attempt; those that rest longer were declined or asked for later."""
    today = scene.company.local(now).date()
    resting = today + timedelta(days=scene.rule.retry_interval_days + 1)
    services = scene.catalogue.services
    found = [
        entry
        for entry in scene.file.due
        if entry.service_id != journey.service_id
        and entry.due_on <= today
        and entry.next_on <= resting
        and entry.service_id in services
        and services[entry.service_id].active
    ]
    found.sort(key=lambda entry: entry.due_on)
    return tuple(services[entry.service_id].title for entry in found[:ALSO_NAMED])
