"""One change of a transaction, as the items it writes; the fake store applies them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from comeback import changes as ch
from comeback.conversations.model import Conversation, Person

Key = tuple[str, ...]


@dataclass(frozen=True)
class Write:
    """One item of a transaction: where, under which condition on what stands there, and what stands there after."""

    at: Key
    holds: Callable[[Any], bool]
    item: Any
    """None deletes."""


def _always(_item: Any) -> bool:
    return True


def _new(item: Any) -> bool:
    return item is None


def _at_version(version: int) -> Callable[[Any], bool]:
    return _new if version == 0 else lambda item: item is not None and item.version == version


def _over(read: Any) -> Callable[[Any], bool]:
    """None: must be new."""
    return lambda item: item == read


def _of_client(change: Any, *rest: str) -> Key:
    return ("client", change.company_id, change.client_id, *rest)


def _client(change: ch.SaveClient) -> list[Write]:
    client = change.client
    fresh = replace(client, version=client.version + 1)
    return [Write(_of_client(client, "profile"), _at_version(client.version), fresh)]


def _journey(change: ch.SaveJourney) -> list[Write]:
    journey = change.journey
    fresh = replace(journey, version=journey.version + 1)
    at = _of_client(journey, "journey", journey.journey_id)
    return [Write(at, _at_version(journey.version), fresh)]


def _proposal(change: ch.SaveProposal) -> list[Write]:
    proposal = change.proposal
    fresh = replace(proposal, version=proposal.version + 1)
    at = ("proposal", proposal.company_id, proposal.on.isoformat())
    return [Write(at, _at_version(proposal.version), fresh)]


def _company(change: ch.SaveCompany) -> list[Write]:
    company = change.company
    fresh = replace(company, version=company.version + 1)

    def as_read(item: Any) -> bool:
        return item is not None and item.version == company.version

    return [Write(("company", company.company_id, "profile"), as_read, fresh)]


def _rule(change: ch.SaveRule) -> list[Write]:
    rule = change.rule
    fresh = replace(rule, version=rule.version + 1)

    def as_read(item: Any) -> bool:
        return rule.version == (item.version if item else 0)

    return [Write(("rule", change.company_id, rule.service_id), as_read, fresh)]


def _consent(change: ch.SaveConsent) -> list[Write]:
    consent = change.consent
    channel = consent.channel.value if consent.channel else "all"
    at = _of_client(change, "consent", consent.at.isoformat(), consent.purpose.value, channel)
    return [Write(at, _always, consent)]


def _bind(change: ch.BindAddress) -> list[Write]:
    address = change.address
    at = ("address", change.company_id, address.channel, address.value)

    def as_read(item: Any) -> bool:
        return change.held_by is None or item in (None, change.client_id, change.held_by)

    return [Write(at, as_read, change.client_id)]


def _touch(change: ch.TouchConversation) -> list[Write]:
    at = _of_client(change, "conversation", change.address.channel)
    head = Conversation(change.address, change.at, change.minute_began, change.in_minute)
    return [Write(at, _always, head)]


def _held_by(journey_id: str) -> Callable[[Any], bool]:
    return lambda item: item in (None, journey_id)


def _trial(change: ch.SaveTrial) -> list[Write]:
    trial = change.trial

    def fits(item: Any) -> bool:
        return _new(item) if trial.returned is None else item is None or item.returned is None

    return [Write(_of_client(trial, "trial", trial.trial_id), fits, trial)]


def _put_outbox(change: ch.PutOutbox) -> list[Write]:
    return [
        Write(_of_client(change.message, "out", change.message.outbox_id), _new, change.message)
    ]


def _move_outbox(change: ch.MoveOutbox) -> list[Write]:
    message = change.message

    def unchanged(item: Any) -> bool:
        return item is not None and (item.state, item.version) == (change.expected, message.version)

    fresh = replace(message, version=message.version + 1)
    writes = [Write(_of_client(message, "out", message.outbox_id), unchanged, fresh)]
    if message.provider_id:
        at = ("provider", message.company_id, message.address.channel, message.provider_id)
        writes.append(Write(at, _always, (message.client_id, message.outbox_id)))
    return writes


def _words(change: ch.KeepWords) -> list[Write]:
    at = _of_client(change, "heard", change.heard.at.isoformat(), change.heard.event_id)
    return [Write(at, _always, change.heard)]


WRITES: Mapping[type[Any], Callable[[Any], list[Write]]] = {
    ch.EventSeen: lambda c: [Write(("event", c.company_id, c.event_id), _new, c)],
    ch.SaveClient: _client,
    ch.SaveConsent: _consent,
    ch.BindAddress: _bind,
    ch.BindCard: lambda c: [Write(("card", c.company_id, c.crm_id), _always, c.client_id)],
    ch.TouchConversation: _touch,
    ch.SaveVisit: lambda c: [Write(_of_client(c, "visit", c.visit.visit_id), _always, c.visit)],
    ch.SaveDue: lambda c: [
        Write(
            _of_client(c.due, "due", c.due.service_id), _over(c.over) if c.over else _always, c.due
        )
    ],
    ch.RemoveDue: lambda c: [Write(_of_client(c, "due", c.service_id), _always, None)],
    ch.SaveJourney: _journey,
    ch.ClaimClient: lambda c: [
        Write(_of_client(c, "active"), _held_by(c.journey_id), c.journey_id)
    ],
    ch.ReleaseClient: lambda c: [Write(_of_client(c, "active"), _held_by(c.journey_id), None)],
    ch.PutOutbox: _put_outbox,
    ch.MoveOutbox: _move_outbox,
    ch.SaveProposal: _proposal,
    ch.SaveTrial: _trial,
    ch.CallPerson: lambda c: [Write(_of_client(c, "person"), _new, Person(c.at))],
    ch.TakeOver: lambda c: [Write(_of_client(c, "person"), _always, Person(c.at, c.user_id))],
    ch.ReleasePerson: lambda c: [Write(_of_client(c, "person"), _always, None)],
    ch.KeepWords: _words,
    ch.SaveCompany: _company,
    ch.SaveRule: _rule,
    ch.SaveService: lambda c: [
        Write(("service", c.company_id, c.service.service_id), _over(c.over), c.service)
    ],
    ch.SaveStaff: lambda c: [
        Write(("staff", c.company_id, c.staff.staff_id), _over(c.over), c.staff)
    ],
    ch.Audited: lambda c: [Write(("audit", c.company_id, c.entry), _always, c)],
}
