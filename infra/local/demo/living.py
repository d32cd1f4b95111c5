"""Days of a salon's life: the hourly ticks fall due, people answer, visits happen; told with a progress bar."""

import time as clock
from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta

from comeback.companies.model import Company
from comeback.reactivation.model import Journey, JourneyState
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from demo import owner
from demo.driver import CHECK_SECONDS, LONGEST_STEP, Driver

HOURS = (
    time(7),
    time(10),
    time(10, 20),
    time(11),
    time(13),
    time(15),
    time(17),
    time(18, 45),
    time(22),
)
"""Local times at which the world stands still for a moment; the busy hour of campaigns is looked at more closely."""
QUIET_HOURS = (time(7), time(13), time(22))
"""Of days on which nothing may be sent."""
EXPIRE_HOUR, CHAIRS_HOUR, SYNC_HOUR = 7, 15, 22


def live(driver: Driver, company: Company, days: int) -> None:
    """From the clock's local day on. The funnel's sums stand beside the bar."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
    )
    first = company.local(driver.now()).date()
    with bar:
        task = bar.add_task("the salon lives", total=days, told="")
        for on in (first + timedelta(days=n) for n in range(days)):
            for hour in HOURS if on.weekday() in company.sending.days else QUIET_HOURS:
                moment = datetime.combine(on, hour, tzinfo=company.zone)
                if moment > driver.now():
                    pass_to(driver, company, moment)
                bar.update(task, told=f"{moment:%a %d %b %H:%M}  {sums(driver, company)}")
            bar.advance(task)
            if not bar.console.is_terminal:
                bar.console.print(f"  {on:%a %d %b}  {sums(driver, company)}")


def wait_and_see(driver: Driver, company: Company, days: int) -> None:
    """No campaign begins any more; clients come as they please, and the CRM tells."""
    driver.store.save_company(replace(driver.store.company(company.company_id), enabled=False))
    first = company.local(driver.now()).date()
    for n in range(1, days + 1):
        evening = time(SYNC_HOUR)
        driver.jump(datetime.combine(first + timedelta(days=n), evening, tzinfo=company.zone))
    for job in ("Expire", "Sync"):
        driver.invoke(job)
        driver.quiet()
    driver.store.save_company(replace(driver.store.company(company.company_id), enabled=True))
    morning = datetime.combine(
        first + timedelta(days=days + 1), time(company.report_hour), tzinfo=company.zone
    )
    driver.jump(morning)
    driver.invoke("Report")  # settles the trials first
    driver.quiet()


def pass_to(driver: Driver, company: Company, moment: datetime) -> None:
    """Time passes to `moment`; whatever schedule falls due there runs, as EventBridge would run it."""
    driver.step(moment)
    settle(driver, company)
    local = company.local(moment)
    if local.hour == company.campaign_hour and local.minute == 0:
        driver.invoke("Detect")
        settle(driver, company)
        driver.invoke("Report")
        driver.quiet()
    if local.hour == CHAIRS_HOUR:
        driver.invoke("EmptyChairs")
        driver.quiet()
        if local.minute == 0 and owner.approves(driver):
            driver.invoke("EmptyChairs")
            settle(driver, company)
    if local.hour == EXPIRE_HOUR:
        driver.invoke("Expire")
        driver.quiet()
    if local.hour == SYNC_HOUR:
        driver.invoke("Sync")
        driver.quiet()


def settle(driver: Driver, company: Company) -> None:
    """Until each of today's journeys has done what it can do now: left its message, or waits for its minute.

    Queues may be empty while a state machine's worker is still starting; time must not run ahead of it.
    """
    driver.quiet()
    now = driver.now()
    on = company.local(now).date()
    started = driver.started_journeys(company.company_id, on)
    deadline = clock.monotonic() + LONGEST_STEP
    while clock.monotonic() < deadline:
        journeys = list(driver.store.journeys_on(company.company_id, on))
        if len(journeys) >= started and all(_at_rest(j, now) for j in journeys):
            driver.quiet()
            return
        clock.sleep(CHECK_SECONDS)


def _at_rest(journey: Journey, now: datetime) -> bool:
    if journey.state is JourneyState.RESERVED:
        reserved_for = journey.attempt.reserved_for
        return reserved_for is not None and reserved_for > now
    return journey.state in (JourneyState.WAITING, JourneyState.RESTING, JourneyState.FINISHED)


def sums(driver: Driver, company: Company) -> str:
    today = company.local(driver.now()).date()
    total: Counter[str] = Counter()
    for day in driver.store.funnel(company.company_id, today - timedelta(days=60), today):
        total.update(day.stages)
    return (
        f"written to {total['contacted']}, answered {total['answered']}, booked {total['booked']}"
    )
