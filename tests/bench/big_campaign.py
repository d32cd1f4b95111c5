"""A campaign of ten thousand clients on the local cloud: `make campaign CLIENTS=10000`. It takes an hour, so `make
bench` does without it.

A hundred salons of a hundred clients each; six more of them reach their campaign hour every simulated hour and write in the six
hours after it, so that the load is steady, as it is where salons live in many time zones. Half are held out, the most that an
owner may: each is an execution of its own all the same. Every journey has one attempt; nobody answers; a week later silence ends
it. All by the deployed functions, under IAM, over real HTTP to the simulated Telegram.

Printed: how many journeys ended and how, messages on the phones, functions that failed, executions that failed, seconds.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time

from botocore.config import Config
from cloud import places, stack, up
from comeback.bookings.model import Service, Staff
from comeback.changes import SaveRule
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.companies.model import BusinessType, Company, Hours, SendingWindow
from comeback.companies.settings import HOLDOUT_AT_MOST
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.ports import FunnelDay, ImportedClient
from comeback.reactivation.model import (
    DueService,
    Interval,
    IntervalSource,
    Journey,
    JourneyState,
    ServiceRule,
)
from comeback.storage import keys, transaction
from comeback.storage.items.limits import AccountItem
from comeback.storage.table import Update
from demo.driver import Driver

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
PER_COMPANY, COMPANIES_PER_HOUR, WINDOW_HOURS = 100, 6, 6
HELD_OUT = HOLDOUT_AT_MOST
"""Per cent."""
SPEED = 45.0
"""Simulated seconds a second: an hour, and its 600 journeys, take 80 seconds, and longer while two cores can not follow."""
MOST_WAITING = 250
"""Invocations for a worker. It is a quarter of a minute's work, ten simulated minutes."""
MESSAGES_WAITING = 40
"""To leave."""
TICK_SECONDS = 2.0
DRAINS_IN_SECONDS, SILENCE_ENDS_IN_SECONDS = 900.0, 1_800.0
CONCURRENCY = "8"
"""Workers at once: each is a process, and the machine has two cores."""
FIFO_BATCHES = "3"
"""Batches of outgoing messages at a time, two each; AWS would send ten."""
PATIENCE_SECONDS = "50"
"""How long an invocation waits for a worker. AWS would throttle, and the state machine try again within half an hour; that is
forty seconds here, where an hour takes eighty."""
FULL_TIME = Config(read_timeout=150, retries={"max_attempts": 0})
"""For a tick that takes all the time it has; asked once, as the Scheduler does."""
EVERY_DAY = frozenset(range(7))
OPEN = {day: Hours(wall_time(8), wall_time(22)) for day in EVERY_DAY}
ANSWERED_BY = timedelta(days=7, hours=6)


class Campaign:
    def __init__(self, driver: Driver, clients: int) -> None:
        self.driver = driver
        driver.lambdas = stack.client("lambda", FULL_TIME)
        self.held_back = 0.0
        self.companies = [self._company(n) for n in range(-(-clients // PER_COMPANY))]

    def _company(self, number: int) -> Company:
        hour = number // COMPANIES_PER_HOUR
        return Company(
            company_id=f"salon{number:03}",
            title=f"Salon {number}",
            time_zone="UTC",
            business_type=BusinessType.BEAUTY,
            language="en",
            campaign_hour=hour,
            sending=SendingWindow(wall_time(hour), wall_time(hour + WINDOW_HOURS), EVERY_DAY),
            opening=OPEN,
            channels=(ChannelKind.TELEGRAM,),
            holdout_percent=HELD_OUT,
        )

    def seed(self) -> None:
        for number, company in enumerate(self.companies):
            store, company_id = self.driver.store, company.company_id
            store.save_company(company)
            staff = [Staff(s, s.title(), frozenset({"cut"}), OPEN) for s in ("olga", "irina")]
            store.save_catalogue(company_id, [Service("cut", "Haircut", 60, 200_000)], staff)
            by_hand = {IntervalSource.MANUAL: Interval(28, "bench")}
            rule = ServiceRule("cut", intervals=by_hand, max_attempts=1)
            store.commit([SaveRule(company_id, rule)])
            began = AccountItem.beginning(ChannelKind.TELEGRAM, MIDNIGHT - timedelta(days=100))
            transaction.apply(store.table, [Update(keys.account(company_id, "telegram"), began)])
            store.import_visits(company_id, self._clients(company_id, number))
            self._connect(company_id, number)

    def _clients(self, company_id: str, number: int) -> Iterator[ImportedClient]:
        """Four visits four weeks apart, the last seven weeks ago."""
        today = MIDNIGHT.date()
        for n in range(PER_COMPANY):
            client_id = f"c{n:02}"
            address = Address(ChannelKind.TELEGRAM, str(_chat(number, n)))
            visits = tuple(
                Visit(
                    f"{client_id}.{k}",
                    "cut",
                    ("olga", "irina")[n % 2],
                    MIDNIGHT - timedelta(days=49 + 28 * k, hours=-12),
                    VisitStatus.COMPLETED,
                )
                for k in range(4)
            )
            agreed = Consent(
                Purpose.MARKETING, True, MIDNIGHT - timedelta(days=200), "bench", "v1", ChannelKind.TELEGRAM
            )  # fmt: skip
            due = DueService(
                company_id, client_id, "cut", today, today, today - timedelta(days=49), 4, 0, False,
                IntervalSource.MANUAL, "bench",
            )  # fmt: skip
            client = Client(company_id, client_id, f"Client {n}", "", "en", (address,))
            yield ImportedClient(client, visits, (agreed,), (due,))

    def _connect(self, company_id: str, number: int) -> None:
        token, secret = f"{number + 1}:made-up-token-of-a-bot", f"made-up-secret-{number}"
        bot = f"bot_{company_id}"
        webhook = {
            "url": f"{self.driver.api}/webhooks/telegram/{company_id}",
            "secret_token": secret,
        }
        self.driver.secret(company_id, {"telegram_token": token, "telegram_webhook_secret": secret})
        self.driver.call(
            "/world/telegram/bots", {"token": token, "username": bot, "webhook": webhook}
        )
        users = [
            {"user_id": _chat(number, n), "name": "Client", "language": "en"}
            for n in range(PER_COMPANY)
        ]
        self.driver.call("/world/telegram/users", {"users": users, "subscribed_to": bot})

    def live(self) -> None:
        """Until the last company's sends are over, then a week of silence."""
        hours = -(-len(self.companies) // COMPANIES_PER_HOUR)
        for _ in range(hours):
            self._tick("Detect")
            self._hour()
        for _ in range(WINDOW_HOURS):
            self._hour()
        self._drain({"finished", "waiting"})
        self._move(ANSWERED_BY)
        self._silence()
        self._drain({"finished"})

    def _silence(self) -> None:
        """All end in the same hour here, more than one tick has time for: the next goes on, as a quarter of an hour later."""
        until = time.monotonic() + SILENCE_ENDS_IN_SECONDS
        while self._unheard():
            if time.monotonic() > until:
                raise TimeoutError(f"silences that did not end: {self._unheard()}")
            with suppress(RuntimeError):  # out of time
                self._tick("Expire")

    def _unheard(self) -> int:
        """Journeys that wait for an answer, and have heard neither that nor its absence."""
        return sum(
            j.state is JourneyState.WAITING and not j.attempt.outcome for j in self._journeys()
        )

    def _tick(self, function: str) -> None:
        """Again when all workers are busy, as the Scheduler does."""
        busy = self.driver.lambdas.exceptions.TooManyRequestsException
        until = time.monotonic() + DRAINS_IN_SECONDS
        while True:
            try:
                self.driver.invoke(function)
            except busy:
                if time.monotonic() > until:
                    raise
                time.sleep(TICK_SECONDS)
            else:
                return

    def _hour(self) -> None:
        """Time stands still while too much waits: these two cores stand for as many as AWS would take."""
        for _ in range(int(3600 / SPEED / TICK_SECONDS)):
            time.sleep(TICK_SECONDS)
            while self._is_behind():
                time.sleep(TICK_SECONDS)
                self.held_back += TICK_SECONDS
            self._move(timedelta(seconds=SPEED * TICK_SECONDS))
        told = f"  {self.driver.now():%a %H:%M}  {self.sent():6,} messages"
        print(f"{told}, time held back for {self.held_back:.0f} s so far", flush=True)

    def _is_behind(self) -> bool:
        waiting = places.run_folder() / "scratch" / "waiting"
        invocations = int(waiting.read_text() or 0) if waiting.exists() else 0
        messages = self.driver.depths()["OutboundQueueUrl"]
        return invocations > MOST_WAITING or messages > MESSAGES_WAITING

    def _move(self, by: timedelta) -> None:
        self.driver.call("/world/clock", {"now": (self.driver.now() + by).isoformat()})

    def _drain(self, states: set[str]) -> None:
        """Raises TimeoutError when some journeys stay elsewhere."""
        until = time.monotonic() + DRAINS_IN_SECONDS
        while left := {s: n for s, n in self.states().items() if s not in states}:
            if time.monotonic() > until:
                raise TimeoutError(f"journeys that did not go on: {left}")
            self._move(timedelta(seconds=SPEED * TICK_SECONDS))
            time.sleep(TICK_SECONDS)

    # ── what came of it ──────────────────────────────────────────────────────────────────────────

    def sent(self) -> int:
        return sum(day.stages.get("contacted", 0) for day in self._days())

    def _days(self) -> Iterator[FunnelDay]:
        on = MIDNIGHT.date()
        for company in self.companies:
            yield from self.driver.store.funnel(company.company_id, on, on + timedelta(days=2))

    def states(self) -> Counter[str]:
        return Counter(journey.state.value for journey in self._journeys())

    def ended(self) -> Counter[str]:
        return Counter(j.completion.value if j.completion else "open" for j in self._journeys())

    def _journeys(self) -> Iterator[Journey]:
        for company in self.companies:
            yield from self.driver.store.journeys_on(company.company_id, MIDNIGHT.date())

    def executions(self) -> Counter[str]:
        sfn, arn = self.driver.stepfunctions, self.driver.outputs["JourneyMachineArn"]
        pages = sfn.get_paginator("list_executions").paginate(stateMachineArn=arn)
        return Counter(e["status"] for page in pages for e in page["executions"])


def _chat(company: int, client: int) -> int:
    return 100_000_000 + company * 1_000 + client


def main(clients: int) -> None:
    os.environ.update(
        {
            "MINISTACK_CONCURRENCY": CONCURRENCY,
            "MINISTACK_PATIENCE": PATIENCE_SECONDS,
            "MINISTACK_FIFO_BATCHES": FIFO_BATCHES,
            places.AWS_PORT: "14566",
            places.WORLD_PORT: "14600",
            places.EDGE_PORT: "14700",
        }
    )
    with up.session(MIDNIGHT, speed=SPEED) as outputs:
        campaign = Campaign(Driver(outputs, SPEED), clients)
        began = time.monotonic()
        campaign.seed()
        print(f"  {time.monotonic() - began:.0f} s to seed {clients:,} clients", flush=True)
        began = time.monotonic()
        campaign.live()
        minutes = (time.monotonic() - began) / 60
        print(
            f"{clients:,} clients, {len(campaign.companies)} companies: {campaign.sent():,} messages"
            f" in {minutes:.0f} minutes; journeys {dict(campaign.ended())};"
            f" executions {dict(campaign.executions())}; queues {campaign.driver.depths()}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
