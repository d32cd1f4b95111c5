"""The owner's funnel, as a table."""

from collections import Counter
from collections.abc import Iterable

from comeback.ports import FunnelDay
from rich.console import Console
from rich.table import Table

STAGES = ("due", "contacted", "delivered", "read", "answered", "booked", "opted_out", "skipped")


def show(console: Console, days: Iterable[FunnelDay], title: str) -> Counter[str]:
    """Prints a row per campaign day and their sum, and the reasons of skips; answers the sums."""
    total: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    table = Table(title=title, title_justify="left")
    table.add_column("campaign day")
    for stage in STAGES:
        table.add_column(stage.replace("_", " "), justify="right")
    for day in days:
        counts = {stage: day.stages.get(stage, 0) for stage in STAGES}
        total.update(counts)
        reasons.update(day.skipped)
        table.add_row(f"{day.on:%a %d %b}", *(str(counts[stage]) for stage in STAGES))
    table.add_section()
    table.add_row("all", *(str(total[stage]) for stage in STAGES), style="bold")
    console.print(table)
    if reasons:
        listed = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in reasons.most_common())
        console.print(f"skipped by reason: {listed}")
    if total["contacted"]:
        share = {s: total[s] / total["contacted"] for s in ("answered", "booked", "opted_out")}
        console.print(
            "of those contacted: "
            + ", ".join(f"{name.replace('_', ' ')} {value:.0%}" for name, value in share.items())
        )
    return total
