"""Days of a salon's life: the hourly ticks fall due, people answer, visits happen; told with a progress bar."""

from collections import Counter
from datetime import datetime, time, timedelta

from comeback.companies.model import Company
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from demo.driver import Driver

HOURS = (
    time(7), time(9, 59), time(10), time(10, 20), time(11), time(11, 20), time(12), time(13), time(14), time(16),
    time(18), time(20), time(22),
)  # fmt: skip
"""Local times at which the world stands still for a moment; the busy hour of campaigns is looked at more closely."""
EXPIRE_HOUR, SYNC_HOUR = 7, 22


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
        task = bar.add_task("the salon lives", total=days * len(HOURS), told="")
        for on in (first + timedelta(days=n) for n in range(days)):
            for hour in HOURS:
                moment = datetime.combine(on, hour, tzinfo=company.zone)
                if moment > driver.now():
                    pass_to(driver, company, moment)
                told = f"{moment:%a %d %b %H:%M}  {sums(driver, company)}"
                bar.update(task, advance=1, told=told)


def pass_to(driver: Driver, company: Company, moment: datetime) -> None:
    """Time passes to `moment`; whatever schedule falls due there runs, as EventBridge would run it."""
    driver.step(moment)
    local = company.local(moment)
    if local.hour == company.campaign_hour and local.minute == 0:
        driver.invoke("Detect")
        driver.quiet()
    if local.hour == EXPIRE_HOUR:
        driver.invoke("Expire")
        driver.quiet()
    if local.hour == SYNC_HOUR:
        driver.invoke("Sync")
        driver.quiet()


def sums(driver: Driver, company: Company) -> str:
    today = company.local(driver.now()).date()
    total: Counter[str] = Counter()
    for day in driver.store.funnel(company.company_id, today - timedelta(days=60), today):
        total.update(day.stages)
    return (
        f"written to {total['contacted']}, answered {total['answered']}, booked {total['booked']}"
    )
