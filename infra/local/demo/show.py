"""The demo's story: up, the first message, the weeks, the funnel."""

import argparse
import sys
import time
from datetime import datetime, timedelta

from cloud import places, up
from comeback.companies.model import Company
from comeback.conversations.model import OWNER
from comeback.team.model import Role
from rich.console import Console
from rich.panel import Panel

from demo import funnel, living, owner, results, salon, standing, team, understood
from demo.driver import Driver

FIRST_MESSAGE_SECONDS = 300
WEEKS_AFTER = 6
DAYS_AFTER = 32
"""After the last campaign: until the window in which a return counts is over for everybody."""


def run_salon(
    console: Console, options: argparse.Namespace, speed: float, start: datetime, began: float
) -> None:
    """Raises CanNotStart in one line when a port is taken or a tool is missing."""
    console.print("[bold]Comeback[/bold]: the local cloud")
    with up.session(start, speed=speed, limits=False, seed=options.seed) as outputs:
        driver = Driver(outputs, speed)
        seeded = salon.seed(driver, options.clients, options.seed, options.weeks + WEEKS_AFTER)
        salon.first_sync(driver, seeded)
        owner.connect(driver)
        told(console, began, f"a salon of {options.clients} clients, synced from its CRM")
        team.gather(outputs, seeded.company)
        console.print(f"The console: [link]{places.console_url()}[/link]  {team.told()}")
        first_message(console, driver, seeded, began)
        if options.screenshot:
            from demo.screenshots import take_today

            take_today(options.screenshot.parent, team.EMAILS[Role.OWNER], team.PASSWORD)
        console.print(f"Phones of the clients: [link]{places.world_url()}/phones?wall=3[/link]")
        living.live(driver, seeded.company, options.weeks * 7)
        morning, facts = owner.last_report(driver), results.facts(driver, seeded.company)
        if options.screenshot:
            from demo.screenshots import take_console, take_phones, take_report

            take_phones(options.screenshot)
            take_report(options.screenshot.with_name("report.png"), owner.NAME)
            take_console(options.screenshot.parent, team.EMAILS[Role.OWNER], team.PASSWORD)
        told(
            console,
            began,
            f"{options.weeks * 7} days; then {DAYS_AFTER} without messages, to see who comes",
        )
        living.wait_and_see(driver, seeded.company, DAYS_AFTER)
        today = seeded.company.local(driver.now()).date()
        days = driver.store.funnel(salon.COMPANY_ID, start.date(), today)
        console.print()
        funnel.show(console, days, f"{salon.TITLE}: {options.weeks * 7} days of campaigns")
        console.print()
        standing.show(console, driver, seeded.company)
        understood.show(console, driver, salon.COMPANY_ID)
        results.show_conversions(console, facts)
        results.show(console, driver, seeded.company)
        if morning:
            console.print(Panel(morning, title="the owner's morning report, in Telegram", width=84))
        told(console, began, "done")
        if options.stay or (sys.stdin.isatty() and sys.stdout.isatty()):
            stay(console)


def first_message(console: Console, driver: Driver, seeded: salon.Salon, began: float) -> None:
    """Monday's campaign: runs until the first message is on a phone, and shows it."""
    company = seeded.company
    ten = company.local(driver.now()).replace(hour=company.campaign_hour, minute=0)
    living.pass_to(driver, company, ten)
    deadline = time.monotonic() + FIRST_MESSAGE_SECONDS
    while time.monotonic() < deadline:
        phones = driver.world.get("/phones/api/phones").json()["phones"]
        if written := [
            p for p in phones if p["id"] != OWNER and p["last"] and not p["last"]["mine"]
        ]:
            told(console, began, f"first message delivered, to {written[0]['name']}")
            console.print(Panel(written[0]["last"]["text"], width=72))
            return
        driver.step(_next_message(driver, company) or driver.now() + timedelta(minutes=1))
    raise RuntimeError("no message was delivered: see .local/run")


def _next_message(driver: Driver, company: Company) -> datetime | None:
    """When the first of today's messages is to leave: each waits for the hour that suits its client."""
    now = driver.now()
    on = company.local(now).date()
    moments = [j.attempt.reserved_for for j in driver.store.journeys_on(company.company_id, on)]
    return min((m for m in moments if m and m > now), default=None)


def told(console: Console, began: float, what: str) -> None:
    console.print(f"  [dim]{time.monotonic() - began:6.1f} s[/dim]  {what}", highlight=False)


def stay(console: Console) -> None:
    console.print("The pages stay up. Press Enter to stop.")
    input()
