"""What the messages caused: lift with its interval, and the report as it stands on the owner's phone."""

from comeback.analytics.evidence import observations
from comeback.analytics.lift import Lift, lift
from comeback.companies.model import Company
from comeback.reactivation.model import TRIAL_DAYS
from rich.console import Console
from rich.panel import Panel

from demo import owner
from demo.driver import Driver


def show(console: Console, driver: Driver, company: Company) -> None:
    today = company.local(driver.now()).date()
    drawn = list(driver.store.trials(company.company_id, today.replace(month=1, day=1), today))
    over = observations(drawn)
    treated, held_out = (sum(t.treated is side for t in drawn) for side in (True, False))
    console.print(
        f"[bold]Lift[/bold]: {treated} clients drawn to be written to, {held_out} held out "
        f"({company.holdout_percent} %); the {TRIAL_DAYS} days are over for {len(over)} of them"
    )
    if over:
        console.print(told(lift(over)), highlight=False)


def told(found: Lift) -> str:
    at, control = found.difference, found.control
    lines = [
        f"  came back: {found.treated.rate:.0%} of those written to, {control.rate:.0%} of those held out",
        f"  lift {100 * at.value:+.0f} points, 80 % interval {100 * at.low:+.0f} to {100 * at.high:+.0f}",
    ]
    if not found.enough:
        lines.append("  too few clients to claim anything: no return on it is told")
    elif not found.significant:
        lines.append("  the interval holds zero: no return on it is told")
    return "\n".join(lines)


def show_report(console: Console, driver: Driver) -> None:
    """The latest morning's."""
    said = [b["text"] for b in owner.bubbles(driver) if not b["mine"] and "\n\n" in b["text"]]
    if said:
        console.print(Panel(said[-1], title="the owner's morning report, in Telegram", width=84))
