"""The forecast made on a day, held against what the clients really did after it."""

from collections.abc import Mapping, Sequence
from datetime import date

from comeback.reactivation import backtest
from comeback.reactivation.refit import WHOLE_COMPANY
from comeback.reactivation.returns import ReturnModel
from rich.console import Console
from rich.table import Table

from demo.driver import Driver

SHORTEST = 14
"""Days after `as_of` that the file must hold to judge anything."""


def show(
    console: Console,
    driver: Driver,
    histories: Mapping[str, Sequence[date]],
    due: set[str],
    as_of: date,
    last: date,
) -> None:
    """Prints the due list's and the forecast's quality. The model is the deployed one, fitted on visits up to `as_of`."""
    horizon = (last - as_of).days
    if horizon < SHORTEST:
        console.print(
            f"\nThe file ends {horizon} days after {as_of}: nothing to hold the forecast against."
        )
        return
    stored = driver.store.model("history", WHOLE_COMPANY)
    assert stored is not None
    model = ReturnModel.from_json(stored)
    cases = {client: _case(model, days, as_of, horizon) for client, days in histories.items()}
    known = {client: case for client, case in cases.items() if case is not None}
    console.print(f"\n[bold]What they really did in the {horizon} days after {as_of}[/bold]")
    table = Table()
    for column in ("", "clients", "came back", "forecast said"):
        table.add_column(column, justify="left" if not column else "right")
    groups = {
        "due that day": [c for k, c in known.items() if k in due],
        "not due yet": [c for k, c in known.items() if k not in due],
        "all": list(known.values()),
    }
    for name, group in groups.items():
        if group:
            came = sum(bool(c.future) for c in group) / len(group)
            said = sum(c.prediction.p_return or 0.0 for c in group) / len(group)
            table.add_row(name, str(len(group)), f"{came:.1%}", f"{said:.1%}")
    console.print(table)
    everybody = list(known.values())
    actual = sum(len(c.future) for c in everybody)
    console.print(
        f"AUC for «returns» {backtest.auc(everybody):.3f} · expected visits / actual {backtest.visits_ratio(everybody):.2f} "
        f"({actual} came) · calibration error {backtest.calibration_error(backtest.deciles(everybody)):.3f}"
    )
    console.print(
        "[dim]The same clients' earlier visits were used for fitting; `make bench` cross-validates.[/dim]"
    )


def _case(
    model: ReturnModel, days: Sequence[date], as_of: date, horizon: int
) -> backtest.Case | None:
    past = sorted({day for day in days if day <= as_of})
    if not past:
        return None
    future = sorted({day for day in days if as_of < day})
    return backtest.Case(past, future, backtest.predict(model, past, as_of, horizon))
