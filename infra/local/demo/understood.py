"""What the simulated clients meant, beside what became of it: whether answers are understood, on the whole system."""

from collections import Counter, defaultdict

from comeback.clients.model import opted_out
from comeback.conversations.model import Address, ChannelKind
from rich.console import Console
from rich.table import Table

from demo.driver import Driver

RIGHT = {
    "yes": {"booked"},
    "no": {"declined"},
    "stop": {"opted_out"},
    "away": {"away"},
    "already_booked": {"already_booked"},
    "other_time": {"booked", "offered again"},
    "other_master": {"booked", "offered again"},
    "other_service": {"booked", "offered again"},
    "question": {"handed over", "booked"},
}
"""Where each last word should lead; a conversation still going on is `offered again` or `handed over`."""


def show(console: Console, driver: Driver, company_id: str) -> None:
    outcomes = last_words(driver, company_id)
    if not outcomes:
        return
    table = Table(title="Answers: what clients meant last, and where it led", title_justify="left")
    for column in ("they meant", "times", "led to"):
        table.add_column(column)
    for meant, led in sorted(outcomes.items()):
        told = ", ".join(f"{name} {n}" for name, n in led.most_common())
        table.add_row(meant.replace("_", " "), str(led.total()), told)
    console.print(table)
    right = sum(n for meant, led in outcomes.items() for o, n in led.items() if o in RIGHT[meant])
    total = sum(led.total() for led in outcomes.values())
    console.print(f"led where it should: {right} of {total}")


def last_words(driver: Driver, company_id: str) -> dict[str, Counter[str]]:
    """Intent → outcome → times, by the last word of each client to an offer."""
    entries = driver.world.get("/world/transcript", params={"kind": "people.meant"}).json()
    latest: dict[str, str] = {}
    for entry in entries["entries"]:
        said = entry["request"]
        address = Address(ChannelKind(said["channel"]), said["address"])
        client_id = driver.store.client_at(company_id, address)
        if client_id and said["intent"] in RIGHT:
            latest[client_id] = said["intent"]
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for client_id, intent in latest.items():
        found[intent][_outcome(driver, company_id, client_id)] += 1
    return found


def _outcome(driver: Driver, company_id: str, client_id: str) -> str:
    file = driver.store.client(company_id, client_id)
    if opted_out(file.consents):
        return "opted_out"
    spoken = [j for j in file.journeys if j.attempt.answered_at]
    if not spoken:
        return "not heard"
    attempt = spoken[-1].attempt
    if attempt.outcome:
        return attempt.outcome.value
    return "offered again" if len(attempt.slots) > 3 else "handed over"
