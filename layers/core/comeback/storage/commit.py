"""`Store.commit`: what each change writes, and under which condition (changes.py says why)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pynamodb.expressions.condition import Condition

from comeback import changes as ch
from comeback.changes import Change
from comeback.conversations.model import OutboxState, Person
from comeback.errors import Refused
from comeback.reactivation.telling import telling
from comeback.storage import counting, keys
from comeback.storage.items.audit import AuditedItem
from comeback.storage.items.base import NEW, AddressMap, Whole, as_read
from comeback.storage.items.chairs import ProposalItem
from comeback.storage.items.clients import AddressItem, CardItem, ClientItem, ConsentItem, VisitItem
from comeback.storage.items.companies import CompanyItem, RuleItem, ServiceItem, StaffItem
from comeback.storage.items.conversations import (
    ConversationItem,
    EventItem,
    HeardItem,
    OutboxItem,
    PersonItem,
    ProviderItem,
)
from comeback.storage.items.learning import ArmItem
from comeback.storage.items.limits import AccountFactItem, AccountItem, IncidentItem
from comeback.storage.items.reactivation import ActiveItem, DueItem, JourneyItem, TrialItem
from comeback.storage.keys import Key
from comeback.storage.table import Delete, Put, Update, Write

COUNTED = (ch.Count, ch.CountSignal)
"""Added up first: one item takes one write of a transaction."""
KNOWN_TO_PROVIDER = (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ)
"""States that a message has only after the messenger's id for it was stored."""


def writes(changes: Sequence[Change]) -> list[Write]:
    """One write per item. Raises ValueError for two conditional changes of one item: a bug of whoever decided them; Refused for
    changes of two companies: ids of one came in under the other's name."""
    merged: dict[Key, Write] = {}
    others = _each_once(changes)
    for change in others:
        for write in PLANNERS[type(change)](change):
            before = merged.get(write.key)
            if before and (before.condition is not None or write.condition is not None):
                raise ValueError(f"two changes of one {write.key.sk} in one commit")
            merged[write.key] = write
    found = [*merged.values(), *counting.updates(changes, others)]
    if len({keys.tenant(write.key) for write in found}) > 1:
        raise Refused("one decision writes in two companies")
    return found


def _each_once(changes: Sequence[Change]) -> Sequence[Change]:
    """By equality: a rule and a company hold mappings, which have no hash."""
    found: list[Change] = []
    for change in _latest_touches(changes):
        if change not in found:
            found.append(change)
    return found


def _latest_touches(changes: Sequence[Change]) -> Iterable[Change]:
    """Without counts; of several messages in one conversation the latest alone."""
    latest = {
        (t.company_id, t.client_id, t.address.channel): t
        for t in sorted(
            (change for change in changes if isinstance(change, ch.TouchConversation)),
            key=lambda touch: touch.at,
        )
    }
    kept = set(latest.values())
    for change in changes:
        if isinstance(change, ch.TouchConversation):
            if change in kept:
                yield change
        elif not isinstance(change, COUNTED):
            yield change


# ── one change, one planner ──────────────────────────────────────────────────────────────────────


def _event(change: ch.EventSeen) -> Iterable[Write]:
    yield Put(EventItem.of(change), NEW)


def _client(change: ch.SaveClient) -> Iterable[Write]:
    client = change.client
    fresh = replace(client, version=client.version + 1)
    yield Put(ClientItem.of(fresh), at_version(ClientItem.version, client.version))


def at_version(stored: Whole, version: int) -> Condition:
    """0: must be new."""
    return NEW if version == 0 else stored == version


def _consent(change: ch.SaveConsent) -> Iterable[Write]:
    yield Put(ConsentItem.of(change.company_id, change.client_id, change.consent))


def _bind(change: ch.BindAddress) -> Iterable[Write]:
    """What points at nobody may be taken in any case: there the holder was erased, or never moved to a blinded key."""
    item = AddressItem.of(change.company_id, change.client_id, change.address)
    if change.held_by is None:
        yield Put(item)
    else:
        held = AddressItem.client_id
        yield Put(item, NEW | (held == change.client_id) | (held == change.held_by))


def _card(change: ch.BindCard) -> Iterable[Write]:
    yield Put(CardItem.of(change.company_id, change.client_id, change.crm_id))


def _touch(change: ch.TouchConversation) -> Iterable[Write]:
    """Of the same second too: messengers date no finer, and each counts."""
    not_newer = ConversationItem.last_inbound_at <= change.at
    yield Put(ConversationItem.of(change), NEW | not_newer, optional=True)


def _call_person(change: ch.CallPerson) -> Iterable[Write]:
    yield Put(PersonItem.of(change.company_id, change.client_id, Person(change.at)), NEW)


def _take_over(change: ch.TakeOver) -> Iterable[Write]:
    person = Person(change.at, change.user_id)
    yield Put(PersonItem.of(change.company_id, change.client_id, person))


def _release_person(change: ch.ReleasePerson) -> Iterable[Write]:
    yield Delete(keys.person(change.company_id, change.client_id))


def _words(change: ch.KeepWords) -> Iterable[Write]:
    yield Put(HeardItem.of(change.company_id, change.client_id, change.heard))


def _visit(change: ch.SaveVisit) -> Iterable[Write]:
    yield Put(VisitItem.of(change.company_id, change.client_id, change.visit))


def _due(change: ch.SaveDue) -> Iterable[Write]:
    yield Put(DueItem.of(change.due), as_read(DueItem.of(change.over)) if change.over else None)


def _no_due(change: ch.RemoveDue) -> Iterable[Write]:
    yield Delete(keys.due(change.company_id, change.client_id, change.service_id))


def _journey(change: ch.SaveJourney) -> Iterable[Write]:
    journey = change.journey
    told, _ = telling(journey)
    fresh = replace(told, version=journey.version + 1)
    yield Put(JourneyItem.of(fresh), at_version(JourneyItem.version, journey.version))


def _free_or_held_by(journey_id: str) -> Condition:
    held = ActiveItem.journey_id
    allowed: Condition = held.does_not_exist() | (held == journey_id)
    return allowed


def _claim(change: ch.ClaimClient) -> Iterable[Write]:
    item = ActiveItem.of(change.company_id, change.client_id, change.journey_id)
    yield Put(item, _free_or_held_by(change.journey_id))


def _release(change: ch.ReleaseClient) -> Iterable[Write]:
    key = keys.active(change.company_id, change.client_id)
    yield Delete(key, _free_or_held_by(change.journey_id))


def _put_outbox(change: ch.PutOutbox) -> Iterable[Write]:
    yield Put(OutboxItem.of(change.message), NEW)


def _move_outbox(change: ch.MoveOutbox) -> Iterable[Write]:
    message = change.message
    unmoved = (OutboxItem.state == change.expected) & (OutboxItem.version == message.version)
    yield Put(OutboxItem.of(replace(message, version=message.version + 1)), unmoved)
    if message.provider_id and change.expected not in KNOWN_TO_PROVIDER:
        yield Put(ProviderItem.of(message))


def _incident(change: ch.SaveIncident) -> Iterable[Write]:
    yield Put(IncidentItem.of(change.company_id, change.channel, change.incident))


def _account(change: ch.ChangeAccount) -> Iterable[Write]:
    """Each fact by itself, so that late news change only what nobody has told since; of the same second they hold."""
    for fact in AccountFactItem.told_by(change):
        yield Put(fact, NEW | (AccountFactItem.at <= fact.at), optional=True)
    if change.resumed_at:
        key = keys.account(change.company_id, change.channel.value)
        yield Update(key, AccountItem.resuming(change.channel, change.resumed_at))


def _quiet(change: ch.KeepQuiet) -> Iterable[Write]:
    key = keys.account(change.company_id, change.channel.value)
    longer = AccountItem.quiet_shorter_than(change.until)
    yield Update(key, AccountItem.quiet(change), longer, optional=True)


def _trial(change: ch.SaveTrial) -> Iterable[Write]:
    settled = change.trial.returned is not None
    yield Put(TrialItem.of(change.trial), TrialItem.returned.does_not_exist() if settled else NEW)


def _arm(change: ch.CountArm) -> Iterable[Write]:
    key = keys.arm(change.company_id, change.dimension, change.arm)
    yield Update(key, ArmItem.adding(change))


def _proposal(change: ch.SaveProposal) -> Iterable[Write]:
    proposal = change.proposal
    fresh = replace(proposal, version=proposal.version + 1)
    yield Put(ProposalItem.of(fresh), at_version(ProposalItem.version, proposal.version))


def _owner(change: ch.SetOwner) -> Iterable[Write]:
    for key in (keys.company(change.company_id), keys.registered(change.company_id)):
        owner = CompanyItem.owner.set(AddressMap.of(change.address))
        yield Update(key, [owner, CompanyItem.version.add(1)])


def _company(change: ch.SaveCompany) -> Iterable[Write]:
    """For itself, and in the registry; companies of older releases carry no version."""
    company, stored = change.company, CompanyItem.version
    as_read: Condition = stored == company.version
    if company.version == 0:
        as_read = CompanyItem.pk.exists() & (stored.does_not_exist() | as_read)
    fresh = replace(company, version=company.version + 1)
    yield Put(CompanyItem.of(fresh, keys.company(company.company_id)), as_read)
    yield Put(CompanyItem.of(fresh, keys.registered(company.company_id)))


def _rule(change: ch.SaveRule) -> Iterable[Write]:
    rule = change.rule
    as_read: Condition = RuleItem.version == rule.version
    fresh = replace(rule, version=rule.version + 1)
    yield Put(RuleItem.of(change.company_id, fresh), as_read if rule.version else NEW | as_read)


def _service(change: ch.SaveService) -> Iterable[Write]:
    company_id, over = change.company_id, change.over
    condition = as_read(ServiceItem.of(company_id, over)) if over else NEW
    yield Put(ServiceItem.of(company_id, change.service), condition)


def _staff(change: ch.SaveStaff) -> Iterable[Write]:
    company_id, over = change.company_id, change.over
    condition = as_read(StaffItem.of(company_id, over)) if over else NEW
    yield Put(StaffItem.of(company_id, change.staff), condition)


def _audited(change: ch.Audited) -> Iterable[Write]:
    yield Put(AuditedItem.of(change))


PLANNERS: Mapping[type[Any], Callable[[Any], Iterable[Write]]] = {
    ch.EventSeen: _event,
    ch.SaveClient: _client,
    ch.SaveConsent: _consent,
    ch.BindAddress: _bind,
    ch.BindCard: _card,
    ch.TouchConversation: _touch,
    ch.SaveVisit: _visit,
    ch.SaveDue: _due,
    ch.RemoveDue: _no_due,
    ch.SaveJourney: _journey,
    ch.ClaimClient: _claim,
    ch.ReleaseClient: _release,
    ch.PutOutbox: _put_outbox,
    ch.MoveOutbox: _move_outbox,
    ch.SaveIncident: _incident,
    ch.ChangeAccount: _account,
    ch.KeepQuiet: _quiet,
    ch.SaveTrial: _trial,
    ch.CountArm: _arm,
    ch.SaveProposal: _proposal,
    ch.SetOwner: _owner,
    ch.SaveCompany: _company,
    ch.SaveRule: _rule,
    ch.SaveService: _service,
    ch.SaveStaff: _staff,
    ch.Audited: _audited,
    ch.CallPerson: _call_person,
    ch.TakeOver: _take_over,
    ch.ReleasePerson: _release_person,
    ch.KeepWords: _words,
}
