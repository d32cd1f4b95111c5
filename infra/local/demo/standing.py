"""Limits at work: each account's level, what it sent, what it may, and how it fares."""

from comeback.companies.model import Company
from comeback.conversations.model import NAMES, Account, Signal
from comeback.reactivation.account_health import standing
from rich.console import Console
from rich.table import Table

from demo.driver import Driver


def show(console: Console, driver: Driver, company: Company) -> None:
    now = driver.now()
    table = Table(title="Limits at work", title_justify="left")
    for column in (
        "account",
        "level",
        "a day",
        "an hour",
        "most on a day",
        "sent",
        "spam score",
        "state",
    ):
        table.add_column(column, justify="left" if column in ("account", "level") else "right")
    for channel, account in driver.store.accounts(company.company_id).items():
        found = standing(account, now)
        state = f"stopped ({found.stopped_by})" if found.stopped_by else "sends"
        most = max((day.count(Signal.SENT) for day in account.days), default=0)
        table.add_row(
            NAMES[channel],
            found.level.name,
            str(found.level.per_day),
            str(found.level.per_hour),
            f"{most} (owner's limit {company.daily_limit})" if company.daily_limit else str(most),
            str(_total(account, Signal.SENT)),
            f"{found.spam_score:.2f}",
            state,
        )
    console.print(table)


def _total(account: Account, signal: Signal) -> int:
    return sum(day.count(signal) for day in account.days)
