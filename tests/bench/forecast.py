"""How well the return forecast does on clients it was not fitted on, beside the usual ways of guessing.

CDNOW: 39 weeks to fit on, 39 weeks ahead, five folds by client; then quarter after quarter and month after month, two
folds, as one future is too few clients to judge calibration by. `python -m tests.bench.forecast` prints the tables.
"""

import csv
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from comeback.reactivation import backtest
from comeback.reactivation.backtest import Case, Fitter, Prediction, Predictor, Visits
from comeback.reactivation.calibration import calibration

from tests.bench.bg_nbd import BgNbd, summary

AS_OF = date(1997, 9, 30)
HORIZON = 273
FIRST = date(1997, 3, 31)
"""The first of the rounds: the last client has just come."""
ROUNDS = ((91, 5, 2), (30, 15, 1))
"""Days of a round, how many rounds the data hold, and how many of the two folds are judged."""
DEALS = 3
CDNOW = Path(__file__).parents[1] / "data" / "cdnow_sample.csv"


def histories(path: Path = CDNOW) -> list[list[date]]:
    visits: dict[str, set[date]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            visits[row["client_id"]].add(date.fromisoformat(row["date"]))
    return [sorted(days) for _, days in sorted(visits.items())]


def bg_nbd(by_visits: bool) -> Fitter:
    def fit(known: Sequence[Visits]) -> Predictor:
        model = BgNbd.fit(summary(visits, AS_OF) for visits in known)

        def predict(visits: Visits) -> Prediction:
            client = summary(visits, AS_OF)
            p_return, expected = model.p_return(*client, HORIZON), model.visits(*client, HORIZON)
            return Prediction(expected if by_visits else p_return, p_return, expected)

        return predict

    return fit


def recency(_: Sequence[Visits]) -> Predictor:
    return lambda visits: Prediction(-(AS_OF - visits[-1]).days)


def mean_gap(known: Sequence[Visits]) -> Predictor:
    spans = [((visits[-1] - visits[0]).days, len(visits) - 1) for visits in known]
    usual = sum(days for days, _ in spans) / sum(gaps for _, gaps in spans)

    def predict(visits: Visits) -> Prediction:
        gaps = len(visits) - 1
        gap = (visits[-1] - visits[0]).days / gaps if gaps else usual
        return Prediction(-(AS_OF - visits[-1]).days / gap, visits=HORIZON / gap)

    return predict


def fixed_30_days(_: Sequence[Visits]) -> Predictor:
    return lambda visits: Prediction(float((AS_OF - visits[-1]).days <= 30), visits=HORIZON / 30)


WAYS: dict[str, Fitter] = {
    "Comeback": backtest.model_fitter(AS_OF, HORIZON),
    "BG/NBD by p(return)": bg_nbd(by_visits=False),
    "BG/NBD by visits": bg_nbd(by_visits=True),
    "recency": recency,
    "mean gap": mean_gap,
    "fixed 30 days": fixed_30_days,
}


def row(name: str, cases: Sequence[Case], seconds: float) -> str:
    known = cases[0].prediction
    ratio = f"{backtest.visits_ratio(cases):9.2f}" if known.visits is not None else "        –"
    errors = "            –             –"
    if known.p_return is not None:
        measured = [calibration(binned(cases)) for binned in (backtest.deciles, backtest.widths)]
        errors = "".join(f"  {c.error:.3f} ({c.chance:.3f})" for c in measured)
    covered = f"{backtest.coverage(cases):7.0%}" if known.window else "      –"
    return f"{name:20}{backtest.auc(cases):7.3f}{ratio}{errors:>30}{covered}{seconds:8.1f}"


def calibration_rows(name: str, cases: Sequence[Case]) -> None:
    said = sum(case.prediction.p_return or 0.0 for case in cases)
    ratio = said / sum(bool(case.future) for case in cases)
    for binning, bins in (
        ("deciles", backtest.deciles(cases)),
        ("widths", backtest.widths(cases)),
    ):
        c = calibration(bins)
        print(
            f"{name:30}{binning:8}{len(cases):8,}{ratio:10.2f}{c.error:8.4f}{c.chance:9.4f} ±{c.chance_spread:.4f}"
            f"{c.as_large_by_chance:8.0%}{c.excess:9.4f}{c.debiased:9.4f}",
            flush=True,
        )


def ways(clients: Sequence[Visits]) -> list[Case]:
    """Prints the table; our own forecast's cases."""
    print(
        f"Return forecast on {len(clients):,} CDNOW clients: {HORIZON} days after {AS_OF}, five folds by client"
    )
    print(
        "ECE: expected calibration error in 10 deciles and in 10 equal widths (in brackets what chance alone gives)"
    )
    print(
        f"{'':20}{'AUC':>7}{'exp/act':>9}{'ECE deciles':>15}{'ECE widths':>15}{'80 %':>7}{'CPU s':>8}"
    )
    ours: list[Case] = []
    for name, fit in WAYS.items():
        started = time.process_time()
        cases = backtest.cross_validate(clients, fit, as_of=AS_OF, horizon_days=HORIZON)
        ours = ours or cases
        print(row(name, cases, time.process_time() - started), flush=True)
    print("\nCalibration by decile: said / came")
    print("  ".join(f"{b.expected:.0%}/{b.actual:.0%}" for b in backtest.deciles(ours)))
    return ours


def dealt_anew(clients: Sequence[Visits], first: Sequence[Case]) -> list[Case]:
    fit = backtest.chance_fitter(AS_OF, HORIZON)
    others = [
        backtest.cross_validate(clients, fit, as_of=AS_OF, horizon_days=HORIZON, seed=seed)
        for seed in range(1, DEALS)
    ]
    aucs = [backtest.auc(cases) for cases in (first, *others)]
    print(f"\nAUC by dealing of the folds: {'  '.join(f'{value:.3f}' for value in aucs)}")
    return backtest.averaged([first, *others])


def rolled(clients: Sequence[Visits], days: int, rounds: int, judged_folds: int) -> list[Case]:
    """All rounds pooled."""
    found = backtest.roll(
        clients,
        backtest.chance_fitter,
        start=FIRST,
        days=days,
        rounds=rounds,
        judged_folds=judged_folds,
    )
    return [case for cases in found for case in cases]


def main() -> None:
    clients = histories()
    ours = ways(clients)
    averaged = dealt_anew(clients, ours)
    print(
        "\nCalibration: the true error lies between «excess» (error less its chance part) and the plain error; «luck» is the"
        "\nshare of true forecasts with so large an error; debiased: root mean square without luck (Kumar et al., 2019)."
    )
    print(
        f"{'':38}{'cases':>8}{'exp/act':>10}{'ECE':>8}{'by chance':>17}{'luck':>8}{'excess':>9}{'debiased':>9}"
    )
    calibration_rows(f"{HORIZON} days, one dealing", ours)
    calibration_rows(f"{HORIZON} days, {DEALS} dealings averaged", averaged)
    for days, rounds, judged in ROUNDS:
        calibration_rows(
            f"{rounds} × {days} days from {FIRST}", rolled(clients, days, rounds, judged)
        )


if __name__ == "__main__":
    main()
