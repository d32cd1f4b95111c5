"""The single table: every access pattern, and the keys that serve it. Tenant first in every key (promise 10).

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
| 12| refit, exports                | ids of all clients                         | GSI2 CO#c#CLIENTS                             |
| 13| api                           | funnel of some days                        | Query CO#c, SK between FUNNEL#a and FUNNEL#b~ |
| 14| due dates                     | fitted model of a service                  | Get CO#c / MODEL#service                      |
| 15| syncs                         | where a job stands                         | Get CO#c / CURSOR#name                        |
| 16| find_slots, bookings          | what holds a member of staff on a UTC day  | Get CO#c#DAY#staff#date                       |
| 17| bookings                      | where a booking or its key lives           | Get CO#c#BOOKING#id                           |
| 18| reserve                       | a channel's reservations of a local day    | Get CO#c#LIMIT#channel / date                 |
| 19| adapters of outside APIs      | when the next call may go                  | Get RATE#bucket                               |
"""

from datetime import date

COMPANIES = "COMPANIES"
PROFILE = "PROFILE"
ONLY = "-"
"""The sort key of an item that is alone in its partition."""
CATALOGUE = "CAT#"
FILE = "F#"
"""What makes a client's file: a prefix, so that the file is one Query and the messages stay out of it."""
FILE_PROFILE = "F#PROFILE"
FILE_ACTIVE = "F#ACTIVE"


def company(company_id: str) -> str:
    return f"CO#{company_id}"


def service(service_id: str) -> str:
    return f"{CATALOGUE}SERVICE#{service_id}"


def staff(staff_id: str) -> str:
    return f"{CATALOGUE}STAFF#{staff_id}"


def rule(service_id: str) -> str:
    return f"{CATALOGUE}RULE#{service_id}"


def model(service_id: str) -> str:
    return f"MODEL#{service_id}"


def cursor(name: str) -> str:
    return f"CURSOR#{name}"


def funnel(on: date, shard: int) -> str:
    return f"FUNNEL#{on.isoformat()}#{shard}"


def funnel_range(since: date, until: date) -> tuple[str, str]:
    return f"FUNNEL#{since.isoformat()}", f"FUNNEL#{until.isoformat()}~"


def client(company_id: str, client_id: str) -> str:
    return f"CO#{company_id}#CL#{client_id}"


def visit(visit_id: str) -> str:
    return f"{FILE}VISIT#{visit_id}"


def consent(at: str, purpose: str, channel: str) -> str:
    return f"{FILE}CONSENT#{at}#{purpose}#{channel}"


def due(service_id: str) -> str:
    return f"{FILE}DUE#{service_id}"


def journey(journey_id: str) -> str:
    return f"{FILE}JOURNEY#{journey_id}"


def conversation(channel: str) -> str:
    return f"{FILE}CONV#{channel}"


def outbox(outbox_id: str) -> str:
    return f"OUT#{outbox_id}"


def address(company_id: str, channel: str, value: str) -> str:
    return f"CO#{company_id}#ADDR#{channel}#{value}"


def provider(company_id: str, channel: str, provider_id: str) -> str:
    return f"CO#{company_id}#PROVIDER#{channel}#{provider_id}"


def event(company_id: str, event_id: str) -> str:
    return f"CO#{company_id}#EVENT#{event_id}"


def due_index(company_id: str) -> str:
    return f"CO#{company_id}#DUE"


def wait_index(company_id: str) -> str:
    return f"CO#{company_id}#WAIT"


def campaign_index(company_id: str, on: date) -> str:
    return f"CO#{company_id}#CAMPAIGN#{on.isoformat()}"


def clients_index(company_id: str) -> str:
    return f"CO#{company_id}#CLIENTS"


def staff_day(company_id: str, staff_id: str, day: date) -> str:
    return f"CO#{company_id}#DAY#{staff_id}#{day.isoformat()}"


def booking(company_id: str, booking_id: str) -> str:
    return f"CO#{company_id}#BOOKING#{booking_id}"


def limit(company_id: str, channel: str) -> str:
    return f"CO#{company_id}#LIMIT#{channel}"


def rate(bucket: str) -> str:
    return f"RATE#{bucket}"
