"""The single table: every access pattern, and the keys that serve it. Tenant first in every key (promise 10).

Long on purpose: no key is made anywhere else.

| # | who asks                      | question                                   | served by                                     |
|---|-------------------------------|--------------------------------------------|-----------------------------------------------|
| 1 | every tick                    | all companies                              | Query COMPANIES                               |
| 2 | every step                    | one company                                | Get CO#c / PROFILE                            |
| 3 | steps, imports                | services, staff, rules                     | Query CO#c, SK begins CAT#                    |
| 4 | every step                    | all of one client but the messages         | Query CO#c#CL#cl, SK begins F#                |
| 5 | deliver, receive              | one outgoing message                       | Get CO#c#CL#cl / OUT#id                       |
| 6 | receive                       | whose address is this                      | Get CO#c#ADDR#channel#value                   |
| 7 | receive (statuses)            | which message has this provider id         | Get CO#c#PROVIDER#channel#id                  |
| 8 | receive, events               | was this event seen                        | Get CO#c#EVENT#id (TTL 30 days)               |
| 9 | detect                        | due on or before a date                    | GSI1 CO#c#DUE, next_on (sparse)               |
| 10| expire                        | answers overdue at a moment                | GSI1 CO#c#WAIT, deadline (sparse)             |
| 11| api                           | journeys of a campaign day                 | GSI2 CO#c#CAMPAIGN#date (sparse)              |
| 12| refit                         | ids of all clients                         | GSI2 CO#c#CLIENTS                             |
| 13| api                           | funnel of some days, messages that left    | Query CO#c, SK between FUNNEL#a and FUNNEL#b~ |
| 14| due dates                     | fitted model of a service                  | Get CO#c / MODEL#service                      |
| 15| syncs                         | where a job stands                         | Get CO#c / CURSOR#name                        |
| 16| find_slots, bookings          | what holds a member of staff on a UTC day  | Get CO#c#DAY#staff#date                       |
| 17| bookings                      | where a booking of ours stands             | Get CO#c#BOOKING#id                           |
| 18| reserve, detect               | what the company has reserved on a day     | Get CO#c#LIMIT / date                         |
| 19| reserve, detect, analyse      | every account: since when, how it fares    | Query CO#c#LIMIT, SK begins ACCOUNT#          |
| 20| adapters of outside APIs      | when the next call may go                  | Get RATE#bucket                               |
| 21| lift, nightly settling        | who was drawn in a month, treated or not   | GSI2 CO#c#TRIAL#month, by day (sparse)        |
| 22| reserve, find_slots, generate | what was tried and won, arm by arm         | Query CO#c, SK begins ARM#                    |
| 23| report                        | what some days used: requests and tokens   | Query CO#c, SK between USAGE#a and USAGE#b    |
| 24| chairs, the owner's answer    | who may be asked about a day's empty chairs| Get CO#c / CHAIRS#date                        |
| 25| the operator                  | which messages nobody knows the fate of    | GSI1 CO#c#UNCERTAIN, when tried (sparse)      |
| 26| the owner                     | what was changed, and by whom              | Query CO#c#AUDIT, newest first             |
| 27| the owner, exports            | profiles by id, page by page; search       | GSI2 CO#c#CLIENTS, SK > id                 |
| 28| the owner                     | all that we wrote to a client              | Query CO#c#CL#cl, SK begins OUT#           |
| 29| the console                   | whom is a person to answer, or does        | GSI1 CO#c#PERSON, since when (sparse)         |
| 30| the console                   | what did the client say to a person        | Query CO#c#CL#cl, SK begins HEARD#            |
| 31| the owner                     | after how long clients of a service return | Get CO#c / GAPS#service                       |
| 32| events, syncs                 | whose card of the CRM is this              | Get CO#c#CARD#crm id (who wrote before it was)|
| 32| deliver                       | until when a messenger wants to be quiet   | Get CO#c#LIMIT / ACCOUNT#channel              |

A client's file stands under `F#`, so that one Query reads it and the messages (`OUT#`) stay out of it. Keys 6, 7 and 8 hold
contacts: what stands behind their kind is blinded (`Table` does it, vault.py says how).

A table of its own keeps the keys that contacts are sealed with: CO#c / DATA the company's, CO#c / CL#cl a client's secret. Its
secrets stand in the directory's order (27), so those of a page are one Query, thirty to a unit.

Searching (27): a whole number is looked up by its blinded key (6), three units. Names, tags and parts of a number are sealed, so
the directory is read through and unsealed, 2,000 clients a call: some 125 units (330 bytes a profile, half price through the
index; 90 bytes a secret), 0.000016 USD, and a third of a second of a whole processor. The common case, the first page of the
list, costs five. A blinded index of names would tell, by how often each occurs, which of them is Anna.
"""

import re
from datetime import date
from typing import NamedTuple

from comeback.companies.identity import is_company_id
from comeback.errors import NotFound

SEPARATOR = "#"
"""No company's id contains it (`company_partition` refuses such): what outsiders name stands behind it, at the end of keys."""
COMPANIES = "COMPANIES"
COMPANY = "CO#"
CATALOGUE = "CAT#"
FILE = "F#"
OUT = "OUT#"
ACCOUNT = "ACCOUNT#"
HEARD = "HEARD#"
ARM = "ARM#"
CLIENT = "CL#"
HOLDS_CONTACT = re.compile(r"CO#([^#]*)#(ADDR|PROVIDER|EVENT)#(.*)", re.DOTALL)
OF_CLIENT = re.compile(r"CO#([^#]*)#CL#(.*)", re.DOTALL)
ONLY = "-"
"""The sort key of an item that is alone in its partition."""


class Key(NamedTuple):
    pk: str
    sk: str


class Stored(Key):
    """As it stands in the table: what holds a contact is blinded already, or was written before that was done."""


# ── the company ──────────────────────────────────────────────────────────────────────────────────


def company_partition(company_id: str) -> str:
    """The beginning of every key of a company. Raises NotFound for what can be no company's id: it could reach into another's."""
    if not is_company_id(company_id):
        raise NotFound("no company is called so")
    return f"{COMPANY}{company_id}"


def tenant(key: Key) -> str:
    """The company that a key belongs to; empty for what is no company's, as outside APIs' rates are."""
    owned = key.sk if key.pk == COMPANIES else key.pk
    return owned.removeprefix(COMPANY).split(SEPARATOR)[0] if owned.startswith(COMPANY) else ""


def company(company_id: str) -> Key:
    return Key(company_partition(company_id), "PROFILE")


def registered(company_id: str) -> Key:
    """The company's copy in the registry that ticks read."""
    return Key(COMPANIES, company_partition(company_id))


def service(company_id: str, service_id: str) -> Key:
    return Key(company_partition(company_id), f"{CATALOGUE}SERVICE#{service_id}")


def staff(company_id: str, staff_id: str) -> Key:
    return Key(company_partition(company_id), f"{CATALOGUE}STAFF#{staff_id}")


def rule(company_id: str, service_id: str) -> Key:
    return Key(company_partition(company_id), f"{CATALOGUE}RULE#{service_id}")


def model(company_id: str, service_id: str) -> Key:
    return Key(company_partition(company_id), f"MODEL#{service_id}")


def gaps(company_id: str, service_id: str) -> Key:
    return Key(company_partition(company_id), f"GAPS#{service_id}")


def cursor(company_id: str, name: str) -> Key:
    return Key(company_partition(company_id), f"CURSOR#{name}")


def arm(company_id: str, dimension: str, name: str) -> Key:
    return Key(company_partition(company_id), f"{ARM}{dimension}#{name}")


def proposal(company_id: str, on: date) -> Key:
    return Key(company_partition(company_id), f"CHAIRS#{on.isoformat()}")


def usage(company_id: str, on: date) -> Key:
    return Key(company_partition(company_id), f"USAGE#{on.isoformat()}")


def funnel(company_id: str, on: date, shard: int) -> Key:
    return Key(company_partition(company_id), f"FUNNEL#{on.isoformat()}#{shard}")


def usage_range(since: date, until: date) -> tuple[str, str]:
    """Both days included."""
    return f"USAGE#{since.isoformat()}", f"USAGE#{until.isoformat()}"


def funnel_range(since: date, until: date) -> tuple[str, str]:
    """Both days included: `~` sorts behind `#`."""
    return f"FUNNEL#{since.isoformat()}", f"FUNNEL#{until.isoformat()}~"


# ── a client's file ──────────────────────────────────────────────────────────────────────────────


def client_partition(company_id: str, client_id: str) -> str:
    return f"{company_partition(company_id)}#CL#{client_id}"


def client(company_id: str, client_id: str) -> Key:
    return Key(client_partition(company_id, client_id), f"{FILE}PROFILE")


def active(company_id: str, client_id: str) -> Key:
    return Key(client_partition(company_id, client_id), f"{FILE}ACTIVE")


def visit(company_id: str, client_id: str, visit_id: str) -> Key:
    """By id alone: a visit whose time moves stays one item. Readers sort by time."""
    return Key(client_partition(company_id, client_id), f"{FILE}VISIT#{visit_id}")


def consents(company_id: str, client_id: str) -> Key:
    """The beginning of every consent's key."""
    return Key(client_partition(company_id, client_id), f"{FILE}CONSENT#")


def consent(company_id: str, client_id: str, at: str, entry: str) -> Key:
    """`at` sorts by time; `entry` tells apart what was said in one instant, and is the same for the same words."""
    pk, prefix = consents(company_id, client_id)
    return Key(pk, f"{prefix}{at}#{entry}")


def due(company_id: str, client_id: str, service_id: str) -> Key:
    return Key(client_partition(company_id, client_id), f"{FILE}DUE#{service_id}")


def journey(company_id: str, client_id: str, journey_id: str) -> Key:
    return Key(client_partition(company_id, client_id), f"{FILE}JOURNEY#{journey_id}")


def conversation(company_id: str, client_id: str, channel: str) -> Key:
    return Key(client_partition(company_id, client_id), f"{FILE}CONV#{channel}")


def trial(company_id: str, client_id: str, trial_id: str) -> Key:
    return Key(client_partition(company_id, client_id), f"{FILE}TRIAL#{trial_id}")


def outbox(company_id: str, client_id: str, outbox_id: str) -> Key:
    return Key(client_partition(company_id, client_id), f"{OUT}{outbox_id}")


# ── pointers and dedupe keys ─────────────────────────────────────────────────────────────────────


def address(company_id: str, channel: str, value: str) -> Key:
    return Key(f"{company_partition(company_id)}#ADDR#{channel}#{value}", ONLY)


def card(company_id: str, crm_id: str) -> Key:
    return Key(f"{company_partition(company_id)}#CARD#{crm_id}", ONLY)


def provider(company_id: str, channel: str, provider_id: str) -> Key:
    return Key(f"{company_partition(company_id)}#PROVIDER#{channel}#{provider_id}", ONLY)


def event(company_id: str, event_id: str) -> Key:
    return Key(f"{company_partition(company_id)}#EVENT#{event_id}", ONLY)


# ── indexes ──────────────────────────────────────────────────────────────────────────────────────


def due_index(company_id: str) -> str:
    return f"{company_partition(company_id)}#DUE"


def wait_index(company_id: str) -> str:
    return f"{company_partition(company_id)}#WAIT"


def person(company_id: str, client_id: str) -> Key:
    return Key(client_partition(company_id, client_id), f"{FILE}PERSON")


def people_index(company_id: str) -> str:
    return f"{company_partition(company_id)}#PERSON"


def heard(company_id: str, client_id: str, at: str, event: str) -> Key:
    """`at` sorts by time; `event` tells two of one instant apart."""
    return Key(client_partition(company_id, client_id), f"{HEARD}{at}#{event}")


def uncertain_index(company_id: str) -> str:
    return f"{company_partition(company_id)}#UNCERTAIN"


def campaign_index(company_id: str, on: date) -> str:
    return f"{company_partition(company_id)}#CAMPAIGN#{on.isoformat()}"


def clients_index(company_id: str) -> str:
    return f"{company_partition(company_id)}#CLIENTS"


def trials_index(company_id: str, on: date) -> str:
    return f"{company_partition(company_id)}#TRIAL#{on:%Y-%m}"


# ── the table of keys ────────────────────────────────────────────────────────────────────────────


def data_key(company_id: str) -> Key:
    return Key(company_partition(company_id), "DATA")


def secret(company_id: str, client_id: str) -> Key:
    return Key(company_partition(company_id), f"{CLIENT}{client_id}")


def client_of_secret(key: Key) -> str:
    return key.sk.removeprefix(CLIENT)


def secrets_after(client_id: str) -> tuple[str, str]:
    """Sort keys of the secrets behind this client's: the first that may be, and one behind the last."""
    return f"{CLIENT}{client_id}\0", f"{CLIENT}\uffff"


# ── contacts in keys ─────────────────────────────────────────────────────────────────────────────


class Blind(NamedTuple):
    """A key whose end is never stored as it is: it holds an address, or an id that a messenger made of one."""

    company_id: str
    kind: str
    value: str

    def stored(self, stand_in: str) -> Stored:
        return Stored(f"CO#{self.company_id}#{self.kind}#{stand_in}", ONLY)


def blind(key: Key) -> Blind | None:
    """None: the key is stored as it is."""
    found = None if isinstance(key, Stored) else HOLDS_CONTACT.fullmatch(key.pk)
    return Blind(*found.groups()) if found else None


def is_event(key: Key) -> bool:
    found = blind(key)
    return found is not None and found.kind == "EVENT"


def client_in(pk: str) -> tuple[str, str] | None:
    """(company id, client id) of a client's partition; None for any other."""
    found = OF_CLIENT.fullmatch(pk)
    return (found[1], found[2]) if found else None


# ── the audit log ────────────────────────────────────────────────────────────────────────────────


def audit(company_id: str) -> str:
    return f"{company_partition(company_id)}#AUDIT"


def audited(company_id: str, entry: str) -> Key:
    return Key(audit(company_id), entry)


# ── time and limits ──────────────────────────────────────────────────────────────────────────────


def staff_day(company_id: str, staff_id: str, day: date) -> Key:
    return Key(f"{company_partition(company_id)}#DAY#{staff_id}#{day.isoformat()}", ONLY)


def booking(company_id: str, booking_id: str) -> Key:
    return Key(f"{company_partition(company_id)}#BOOKING#{booking_id}", ONLY)


def sending_day(company_id: str, on: date) -> Key:
    return Key(limits_partition(company_id), on.isoformat())


def limits_partition(company_id: str) -> str:
    return f"{company_partition(company_id)}#LIMIT"


def account(company_id: str, channel: str) -> Key:
    return Key(limits_partition(company_id), f"{ACCOUNT}{channel}")


def account_fact(company_id: str, channel: str, fact: str) -> Key:
    return Key(limits_partition(company_id), f"{ACCOUNT}{channel}#TOLD#{fact}")


def health_day(company_id: str, channel: str, on: date) -> Key:
    return Key(limits_partition(company_id), f"{ACCOUNT}{channel}#DAY#{on.isoformat()}")


def incident(company_id: str, channel: str, on: date, code: str) -> Key:
    return Key(limits_partition(company_id), f"{ACCOUNT}{channel}#INCIDENT#{on.isoformat()}#{code}")


def rate(bucket: str) -> Key:
    return Key(f"RATE#{bucket}", ONLY)
