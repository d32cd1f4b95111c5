"""A paper estimate: 1,000 companies of 10,000 clients in one installation, against AWS' default quotas (us-east-1, November 2026;
ask Service Quotas for an account's own). The worst case on purpose: one time zone, one campaign hour, every account warmed up.

What an attempt asks for is counted by the bench (`cost`); what is assumed stands below by name.
"""

from dataclasses import dataclass

from rich.table import Table

from tests.architecture.template import functions
from tests.bench import prices
from tests.bench.prices import Quantities

COMPANIES, CLIENTS = 1_000, 10_000
MESSAGES_PER_DAY, SENDING_HOURS = 100, 9
"""Of a warmed-up account (reactivation/sending_limits.py), which attempts of every number share."""
ANSWER, ANSWER_DAYS, REST_DAYS, ATTEMPTS = 0.3, 1, 14, 3
SILENCE_DAYS = 7
REQUEST_SECONDS, OUTSIDE_SECONDS = 0.008, 0.08
"""Of a request to DynamoDB, and of one to S3, Step Functions or a book."""
STARTS_PER_SECOND, TRANSITIONS_PER_SECOND = 300, 5_000
OPEN_EXECUTIONS, OPEN_MAPS = 1_000_000, 1_000
CONCURRENT_FUNCTIONS = 1_000
NEW_TABLE_WRITES = 4_000
"""Write units a second that an on-demand table takes at once when it is new; it doubles under load."""
PARTITION_READS = 3_000
FIFO_CALLS = 300
"""A second, per action, without high throughput (the template turns it on: thousands)."""
FIFO_LOOKED_THROUGH = 120_000
"""Waiting messages among which SQS looks for a group that is free; what lies behind them waits for all of them."""
SCHEDULER_STARTS = 500
"""A second, in most regions."""
BOOK_REQUESTS, YCLIENTS_A_MINUTE = 2, 200
"""An attempt's, when every company's book is in YCLIENTS: free times, and one booking or another search; what YCLIENTS allows one
address, and `yclients_http` shares out."""


@dataclass(frozen=True)
class Row:
    what: str
    load: float
    quota: float
    first: str


def mean_life_days() -> float:
    """Of a journey, from its start to its end: who is silent is written to again after a rest."""
    days, share, mean = 0.0, 1.0, 0.0
    for number in range(1, ATTEMPTS + 1):
        mean += share * ANSWER * (days + ANSWER_DAYS)
        days, share = days + SILENCE_DAYS, share * (1 - ANSWER)
        if number < ATTEMPTS:
            days += REST_DAYS
    return mean + share * days


def attempts_per_journey() -> float:
    return sum((1 - ANSWER) ** n for n in range(ATTEMPTS))


def rows(attempt: Quantities, starting_writes: float) -> list[Row]:
    """`attempt`: what one asks for; `starting_writes`: units of Analyse and Reserve, which come first and together."""
    attempts = COMPANIES * MESSAGES_PER_DAY
    journeys = attempts / attempts_per_journey()
    per_second = attempts / SENDING_HOURS / 3600
    started = min(STARTS_PER_SECOND, journeys)
    busy = started * 2 * 0.06 + per_second * attempt[prices.GB_SECONDS] * 2
    registry = COMPANIES * 2 / 4  # 2 KB each, 4 KB a unit
    timeouts = {name: f["Timeout"] for name, f in functions().items()}
    detect = COMPANIES * (6 * REQUEST_SECONDS + 2 * OUTSIDE_SECONDS)
    expire = COMPANIES * REQUEST_SECONDS + attempts / 24 * (2 * REQUEST_SECONDS + OUTSIDE_SECONDS)
    report = COMPANIES * (40 * REQUEST_SECONDS + 2 * OUTSIDE_SECONDS)
    chairs = COMPANIES * (10 * REQUEST_SECONDS + 4 * OUTSIDE_SECONDS)
    refit = COMPANIES * CLIENTS * 2 * REQUEST_SECONDS
    asked_of_books = attempts * BOOK_REQUESTS / SENDING_HOURS / 60
    shard = "a message per company"
    return [
        Row("Refit, seconds a night", refit, timeouts["Refit"], shard),
        Row("Report, seconds in its hour", report, timeouts["Report"], shard),
        Row("Expire, seconds an hour", expire, timeouts["Expire"], shard),
        Row("Empty chairs, seconds in its hour", chairs, timeouts["EmptyChairs"], shard),
        Row("Detect, seconds in the campaign hour", detect, timeouts["Detect"], shard),
        Row("open executions", journeys * mean_life_days(), OPEN_EXECUTIONS, "raise (to millions)"),
        Row("table's writes a second at the start", started * starting_writes, NEW_TABLE_WRITES, "warm throughput"),
        Row("open Map runs", COMPANIES, OPEN_MAPS, "raise, or spread campaign hours"),
        Row("transitions a second at the start", started * 5, TRANSITIONS_PER_SECOND, "raise"),
        Row("registry's reads a second", registry, PARTITION_READS, "a tick's own copy"),
        Row("functions at once", busy, CONCURRENT_FUNCTIONS, "raise"),
        Row("YCLIENTS' requests a minute", asked_of_books, YCLIENTS_A_MINUTE, "an address and a bucket per group of companies"),
        Row("messages waiting after an hour's standstill", COMPANIES * 20, FIFO_LOOKED_THROUGH, "nothing"),
        Row("Scheduler's starts in the full hour's second", _schedules(), SCHEDULER_STARTS, "nothing"),
        Row("outbound messages a second", COMPANIES * 20 / 3600, FIFO_CALLS, "nothing"),
    ]  # fmt: skip


def _schedules() -> int:
    """Ticks, whatever the number of companies."""
    events = (e for f in functions().values() for e in f.get("Events", {}).values())
    return sum(event["Type"] == "ScheduleV2" for event in events)


def table(attempt: Quantities, starting_writes: float) -> Table:
    told = Table(
        title=f"{COMPANIES:,} companies × {CLIENTS:,} clients against default quotas, worst first",
        title_justify="left",
    )
    told.add_column("")
    for name in ("load", "quota", "×"):
        told.add_column(name, justify="right")
    told.add_column("what to do first")
    for row in sorted(rows(attempt, starting_writes), key=lambda r: -r.load / r.quota):
        share = row.load / row.quota
        first = row.first if share > 0.5 else "nothing"
        told.add_row(row.what, f"{row.load:,.0f}", f"{row.quota:,}", f"{share:.2f}", first)
    return told
