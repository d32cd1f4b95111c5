"""What one transaction may write: decisions as data.

Rules and use cases return these; `Store.commit` applies all of them or none (promise 1: an effect and its dedupe key
are written together). Each class says the condition under which it holds.

Long on purpose: all that may be written is read in one place.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from comeback.bookings.model import Service, Staff
from comeback.clients.model import Client, Consent, Visit
from comeback.companies.model import Company
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Heard,
    Incident,
    OutboxMessage,
    OutboxState,
    Quality,
    Signal,
)
from comeback.reactivation.model import (
    DueService,
    Journey,
    Proposal,
    ServiceRule,
    Stage,
    Trial,
)


@dataclass(frozen=True)
class EventSeen:
    """The dedupe key of an outside event. Seen before: `AlreadyDone`. Kept 30 days."""

    company_id: str
    event_id: str
    at: datetime
    outbox: tuple[tuple[str, str], ...] = ()
    """(client id, outbox id) of the messages this event caused, so that a redelivery can enqueue them again."""


@dataclass(frozen=True)
class SaveClient:
    """Versioned: stored only over `client.version`, which becomes one more. 0: must be new."""

    client: Client


@dataclass(frozen=True)
class SaveConsent:
    """Appends to the ledger; never overwrites."""

    company_id: str
    client_id: str
    consent: Consent


@dataclass(frozen=True)
class BindAddress:
    """Points an address at a client. Whoever else held it must give it up in the same commit (handover.py)."""

    company_id: str
    client_id: str
    address: Address
    held_by: str | None = None
    """Whom it pointed at when it was read, empty for nobody: it must still do so. None: it is moved, whoever holds it."""


@dataclass(frozen=True)
class BindCard:
    """Points a client's id in the CRM at the client, for whom it does not name itself (`identity.card`)."""

    company_id: str
    client_id: str
    crm_id: str


@dataclass(frozen=True)
class TouchConversation:
    """Remembers the client's last message in a channel (WhatsApp's window), and how many came in its minute; never moves
    back."""

    company_id: str
    client_id: str
    address: Address
    at: datetime
    minute_began: datetime | None = None
    in_minute: int = 0


@dataclass(frozen=True)
class CallPerson:
    """The bot can not answer this client. Whoever was called, or has come, before: `Conflict`."""

    company_id: str
    client_id: str
    at: datetime


@dataclass(frozen=True)
class TakeOver:
    """A person answers this client from now on, whoever did before."""

    company_id: str
    client_id: str
    at: datetime
    user_id: str


@dataclass(frozen=True)
class ReleasePerson:
    """The bot answers this client again."""

    company_id: str
    client_id: str


@dataclass(frozen=True)
class KeepWords:
    """What a client said to a person. The same event keeps them once."""

    company_id: str
    client_id: str
    heard: Heard


@dataclass(frozen=True)
class SaveVisit:
    """Upsert by visit id."""

    company_id: str
    client_id: str
    visit: Visit


@dataclass(frozen=True)
class SaveDue:
    """Upsert of the due-index entry; with `over` only while the entry is still that one."""

    due: DueService
    over: DueService | None = None


@dataclass(frozen=True)
class RemoveDue:
    company_id: str
    client_id: str
    service_id: str


@dataclass(frozen=True)
class SaveJourney:
    """Versioned like SaveClient. While WAITING its deadline stands in the sparse wait index."""

    journey: Journey


@dataclass(frozen=True)
class ClaimClient:
    """One journey per client at a time: holds if free, or already held by this journey."""

    company_id: str
    client_id: str
    journey_id: str


@dataclass(frozen=True)
class ReleaseClient:
    """Holds if this journey holds the client, or nobody does."""

    company_id: str
    client_id: str
    journey_id: str


@dataclass(frozen=True)
class PutOutbox:
    """Must be new: else `Conflict` (reload: it may be our own write whose answer was lost)."""

    message: OutboxMessage


@dataclass(frozen=True)
class MoveOutbox:
    """Replaces the message if it is still in `expected` and unchanged in version."""

    message: OutboxMessage
    expected: OutboxState


@dataclass(frozen=True)
class Count:
    """Adds to the funnel of a campaign day. Only ever together with the versioned write that makes it happen once."""

    company_id: str
    on: date
    stage: Stage
    reason: str = ""
    n: int = 1


@dataclass(frozen=True)
class CountSignal:
    """Adds to an account's day (UTC). Only ever together with the versioned write that makes it happen once."""

    company_id: str
    channel: ChannelKind
    on: date
    signal: Signal
    n: int = 1


@dataclass(frozen=True)
class SaveIncident:
    """Upsert: the same code on the same day is one incident."""

    company_id: str
    channel: ChannelKind
    incident: Incident


@dataclass(frozen=True)
class ChangeAccount:
    """Sets what is given; None leaves as it was. Of each fact that a messenger tells (quality, tier, each template) what was true
    last holds, whatever comes in last."""

    company_id: str
    channel: ChannelKind
    at: datetime
    """When it was so."""
    quality: Quality | None = None
    tier: int | None = None
    template_out: str = ""
    template_back: str = ""
    resumed_at: datetime | None = None


@dataclass(frozen=True)
class KeepQuiet:
    """The messenger asked us not to call it before `until`, in real time. Never shortened by an earlier moment."""

    company_id: str
    channel: ChannelKind
    until: datetime


@dataclass(frozen=True)
class SaveTrial:
    """Drawn: must be new. Settled: holds once, so that what is counted beside it is counted once."""

    trial: Trial


@dataclass(frozen=True)
class CountArm:
    """Adds to what was tried and what won of one arm (`style`, `offer`, `time`). Together with a versioned write."""

    company_id: str
    dimension: str
    arm: str
    tried: int = 0
    won: int = 0


@dataclass(frozen=True)
class SaveProposal:
    """Versioned like SaveClient; one a company and day."""

    proposal: Proposal


@dataclass(frozen=True)
class SetOwner:
    """Where the company's owner is written to; the rest of the company stays as it is."""

    company_id: str
    address: Address


@dataclass(frozen=True)
class SaveCompany:
    """Versioned like SaveClient: who has read an older version meets a Conflict. The company must be there: an administrator
    opens it (`Store.save_company`)."""

    company: Company


@dataclass(frozen=True)
class SaveRule:
    """Versioned like SaveClient; 0 is a service's first rule."""

    company_id: str
    rule: ServiceRule


@dataclass(frozen=True)
class SaveService:
    """Holds while the service is still what was read, `over`; without it, it must be new."""

    company_id: str
    service: Service
    over: Service | None = None


@dataclass(frozen=True)
class SaveStaff:
    """Like SaveService."""

    company_id: str
    staff: Staff
    over: Staff | None = None


@dataclass(frozen=True)
class Audited:
    """Who did what to which thing, beside the writes that did it; kept for good. Holds no personal data: `target` is an id,
    `fields` the names of what was changed."""

    company_id: str
    at: datetime
    user_id: str
    """The claim `sub`; `system` for what no person asked for."""
    operation: str
    """The name of the API's view, or of the command."""
    target: str
    fields: tuple[str, ...] = ()

    @property
    def entry(self) -> str:
        """Its place in the log: sorts by time; what was done in one instant is told apart, the same words are the same entry."""
        said = "|".join((self.user_id, self.operation, self.target, *self.fields))
        moment = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return f"{moment}#{sha256(said.encode()).hexdigest()[:12]}"


Change = (
    EventSeen
    | SaveClient
    | SaveConsent
    | BindAddress
    | BindCard
    | TouchConversation
    | SaveVisit
    | SaveDue
    | RemoveDue
    | SaveJourney
    | ClaimClient
    | ReleaseClient
    | PutOutbox
    | MoveOutbox
    | Count
    | CountSignal
    | SaveIncident
    | ChangeAccount
    | KeepQuiet
    | SaveTrial
    | CountArm
    | SaveProposal
    | SetOwner
    | SaveCompany
    | SaveRule
    | SaveService
    | SaveStaff
    | Audited
    | CallPerson
    | TakeOver
    | ReleasePerson
    | KeepWords
)
