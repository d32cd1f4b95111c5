"""How well the return forecast does on clients it was not fitted on, beside the usual ways of guessing.

CDNOW: 39 weeks to fit on, 39 weeks ahead, five folds by client. `python -m tests.bench.forecast` prints the tables.
"""

import csv
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from comeback.reactivation import backtest
from comeback.reactivation.backtest import Case, Fitter, Prediction, Predictor, Visits

from tests.bench.bg_nbd import BgNbd, summary

AS_OF = date(1997, 9, 30)
HORIZON = 273
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
        pairs = [
            (backtest.calibration_error(binned(cases)), backtest.chance_error(cases, binned))
            for binned in (backtest.deciles, backtest.widths)
        ]
        errors = "".join(f"  {error:.3f} ({chance:.3f})" for error, chance in pairs)
    covered = f"{backtest.coverage(cases):7.0%}" if known.window else "      –"
    return f"{name:20}{backtest.auc(cases):7.3f}{ratio}{errors:>30}{covered}{seconds:8.1f}"


def main() -> None:
    clients = histories()
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


if __name__ == "__main__":
    main()
