"""The least that the design could ask of AWS, item by item: what the measured figures are held against.

Premises: every step of DESIGN §6 stays a step; a company and its catalogue, cached, cost no read; an item is 1 KB, a client's
file 4 KB; batches of queues are full (five); nothing is contended, nothing repeated. Time and tokens are assumptions, the same
on both sides.
"""

from collections import Counter

from tests.bench.prices import (
    API_CALLS,
    CALLS,
    EXPRESS,
    FIFO,
    INVOCATIONS,
    READS,
    TRANSITIONS,
    WRITES,
    Quantities,
)

QUEUED = 1 + 2 / 5
"""Requests for one message: sent alone (a webhook has one), received and deleted in batches of five."""


def inbound() -> Quantities:
    """One message of a client and the reply to it."""
    receive = {
        CALLS: 3,  # whose address; the client's file; one transaction
        READS: 2,
        WRITES: 4 * 2
        + 1,  # event, conversation, journey, reply, all or none; the journey's entry in one index
    }
    deliver = {
        CALLS: 4,  # the message, the file (a last look at consent); the claim before the call, the fate after it
        READS: 2,
        WRITES: 2,
    }
    rest = {API_CALLS: 1, INVOCATIONS: 3, FIFO: 2 * QUEUED}  # webhook, receive, deliver; in, out
    return Counter(receive) + Counter(deliver) + Counter(rest)


def journey() -> Quantities:
    """One client's single attempt up to silence; answers come on top, each an `inbound`."""
    steps = {
        # analyse: file; journey, claim and due in one transaction, entries: journey 1, due moved 2
        # reserve: file, limits; limits, journey (and its entry)
        # find slots: file, two days of staff; lease, journey (and its entry)
        # generate: file; journey (and its entry)
        # send: file; journey and message in one transaction, entries: campaign, wait
        # track: file; journey (and its entry)
        CALLS: 2 + 4 + 4 + 2 + 2 + 2,
        READS: 1 + 2 + 3 + 1 + 1 + 1,
        WRITES: (3 * 2 + 3) + 3 + 3 + 2 + (2 * 2 + 2) + 2,
    }
    deliver = {
        CALLS: 4,  # message, file; claim, fate
        READS: 2,
        WRITES: 1
        + 4 * 2
        + 2,  # claim; fate, the messenger's id, journey, counter in one; two entries
    }
    rest = {
        INVOCATIONS: 6 + 1,
        FIFO: QUEUED,
        TRANSITIONS: 6 + 1,  # the steps, the wait for the minute
        EXPRESS: 1,  # the start by the campaign
    }
    return Counter(steps) + Counter(deliver) + Counter(rest)


def silence() -> Quantities:
    """Expire: the outcome written, the entry in the waits' index taken out."""
    return Counter({CALLS: 1, WRITES: 1 + 2})


def booking() -> Quantities:
    """Staff's day; day and booking in one transaction; the visit in the answer's own, one more due date."""
    return Counter({CALLS: 2, READS: 1, WRITES: 2 * 2 + 2 + 2})
