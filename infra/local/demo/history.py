"""The owner's own visits: imported as any upload is, a campaign day, and the forecast held against what came after."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

from cloud import places, up
from cloud.processes import CanNotStart
from comeback.bookings.model import Staff
from comeback.clients.visits_file import VisitRow, look
from comeback.companies.model import BusinessType, Company, Hours, SendingWindow
from comeback.conversations.model import ChannelKind
from comeback.errors import InvalidInput
from comeback.reactivation.model import DueService
from comeback.reactivation.priority import in_order, most_overdue_per_client
from rich.console import Console

from demo import funnel, judgement, living, phones, team
from demo.driver import Driver
from demo.show import told

COMPANY_ID = "history"
DAILY_LIMIT = 15
IMPORT_SECONDS = 300
ALL_DAY = {day: Hours(clock(10), clock(20)) for day in range(7)}


def run_history(
    console: Console, file: Path, as_of: date | None, speed: float, began: float
) -> None:
    """Raises CanNotStart for a file that can not be read, naming the field and the remedy."""
    days = visit_days(file)
    last = max(day for visits in days.values() for day in visits)
    standing = as_of or last
    start = datetime.combine(standing, datetime.min.time(), tzinfo=UTC) + timedelta(hours=8)
    console.print(
        f"[bold]Comeback[/bold] on {file.name}: {len(days)} clients, standing on {standing}"
    )
    with up.session(start, speed=speed, limits=False) as outputs:
        driver = Driver(outputs, speed)
        company = _company(file)
        driver.store.save_company(company)
        _import(console, driver, file, standing)
        _front_desk(driver)
        told(console, began, "imported")
        driver.invoke("Refit")
        told(console, began, "return models fitted, due dates written")
        team.gather(outputs, company)
        console.print(f"The console: [link]{places.console_url()}[/link]  {team.told()}")
        due = most_overdue_per_client(driver.store.due(COMPANY_ID, standing))
        _campaign(console, driver, company, due, standing)
        told(console, began, "the campaign day is over")
        judgement.show(console, driver, days, {d.client_id for d in due}, standing, last)


def visit_days(file: Path) -> dict[str, list[date]]:
    """Client id as imported → days of visits. Raises CanNotStart."""
    try:
        rows = [row for row in look(lambda: file.open("rb")).rows() if isinstance(row, VisitRow)]
    except (InvalidInput, OSError) as problem:
        raise CanNotStart(f"{file}: {problem}") from problem
    days: dict[str, list[date]] = {}
    for row in rows:
        days.setdefault(f"im-{row.client_id}", []).append(row.when.moment.date())
    if not days:
        raise CanNotStart(f"{file}: no row could be read. Columns needed: client, date")
    return days


def _company(file: Path) -> Company:
    """Open every day, so that the campaign runs on whatever day one stands on."""
    return Company(
        company_id=COMPANY_ID,
        title=file.stem,
        time_zone="UTC",
        business_type=BusinessType.OTHER,
        currency="USD",
        language="en",
        channels=(ChannelKind.TELEGRAM,),
        sending=SendingWindow(days=frozenset(range(7))),
        opening=ALL_DAY,
        daily_limit=DAILY_LIMIT,
    )


def _import(console: Console, driver: Driver, file: Path, standing: date) -> None:
    """Uploaded to the bucket like an owner's file; the deployed function imports it and writes its report."""
    told_with = {"consent-text-version": "demo-statement", "until": standing.isoformat()}
    bucket, key = driver.outputs["BucketName"], f"imports/{COMPANY_ID}/{file.name}"
    driver.s3.upload_file(str(file), bucket, key, ExtraArgs={"Metadata": told_with})
    report_key = f"reports/{COMPANY_ID}/{file.name}.json"
    deadline = time.monotonic() + IMPORT_SECONDS
    while time.monotonic() < deadline:
        listed = driver.s3.list_objects_v2(Bucket=bucket, Prefix=report_key)
        if listed.get("KeyCount"):
            break
        time.sleep(0.5)
    else:
        raise RuntimeError(f"no report after {IMPORT_SECONDS} s: see .local/run")
    report = json.loads(driver.s3.get_object(Bucket=bucket, Key=report_key)["Body"].read())
    console.print(
        f"  {report['clients']} clients, {report['visits']} visits; {report['later']} rows after {standing} kept for "
        f"the judgement; {len(report['bad'])} rows could not be read"
    )
    for bad in report["bad"][:5]:
        console.print(f"    row {bad['number']}: {bad['field']} {bad['problem']}. {bad['remedy']}")


def _front_desk(driver: Driver) -> None:
    """A file without staff still gets free times to offer: somebody takes any service, ten to eight."""
    found = driver.store.catalogue(COMPANY_ID)
    if not found.staff:
        desk = Staff("desk", "Front desk", frozenset(found.services), ALL_DAY)
        driver.store.save_catalogue(COMPANY_ID, found.services.values(), [desk])


def _campaign(
    console: Console,
    driver: Driver,
    company: Company,
    due: Sequence[DueService],
    standing: date,
) -> None:
    """Those at the head of the list get simulated Telegram phones: a purchase history holds no addresses."""
    chosen = in_order(due, standing)[:DAILY_LIMIT]
    phones.give(driver, company, [entry.client_id for entry in chosen])
    console.print(f"  {len(due)} clients are due; the day's limit is {DAILY_LIMIT} messages")
    for entry in chosen[:3]:
        console.print(f"    {entry.client_id}: due {entry.due_on}, {entry.reason}")
    for hour in (10, 11, 12, 13, 15, 17, 20):
        moment = datetime.combine(standing, datetime.min.time(), tzinfo=company.zone)
        living.pass_to(driver, company, moment + timedelta(hours=hour))
    console.print(f"  phones: {places.world_url()}/phones?wall=3")
    days = driver.store.funnel(COMPANY_ID, standing, standing)
    funnel.show(console, days, f"{company.title}: one campaign day")
