import random
from datetime import date

import pytest
from comeback.reactivation.backtest import Bin, Case, Prediction, deciles, widths
from comeback.reactivation.calibration import calibration
from hypothesis import given, settings
from hypothesis import strategies as st

DAY = date(2026, 1, 1)


def clients(n: int, shift: float, seed: int) -> list[Case]:
    """Each returns with the probability said, less `shift`."""
    rng = random.Random(seed)
    cases = []
    for _ in range(n):
        p = rng.uniform(0.2, 0.8)
        future = [DAY] if rng.random() < p - shift else []
        cases.append(Case([DAY], future, Prediction(p, p)))
    return cases


def test_a_true_forecast_errs_as_chance_does() -> None:
    measured = [calibration(deciles(clients(1000, 0, seed)), draws=50) for seed in range(12)]
    errors = sum(m.error for m in measured) / 12
    assert errors == pytest.approx(measured[0].chance, abs=2 * measured[0].chance_spread / 12**0.5)
    assert sum(m.excess for m in measured) / 12 < 0.01
    assert sum(m.debiased for m in measured) / 12 < 0.02
    assert sum(m.as_large_by_chance < 0.05 for m in measured) <= 2


@pytest.mark.parametrize("binned", [deciles, widths])
def test_a_false_forecast_is_told_from_luck(binned: object) -> None:
    measured = calibration(binned(clients(2000, 0.1, 1)), draws=100)  # type: ignore[operator]
    assert measured.excess < 0.1 < measured.error + 0.02
    assert measured.debiased == pytest.approx(0.1, abs=0.03)
    assert measured.as_large_by_chance == 0


def test_more_clients_leave_less_to_chance() -> None:
    few, many = (calibration(deciles(clients(n, 0, 2)), draws=50).chance for n in (500, 4500))
    assert many == pytest.approx(few / 3, rel=0.25)


def test_debiased_error_by_hand() -> None:
    """Kumar et al.: (0.5 - 0.25)² - 0.25 · 0.75 / 3 = 0, and (0.9 - 0.5)² - 0.5 · 0.5 / 3 = 0.0767."""
    lucky = Bin(4, 0.5, 0.25, (0.5,) * 4)
    off = Bin(4, 0.9, 0.5, (0.9,) * 4)
    alone = Bin(1, 0.9, 0.0, (0.9,))
    assert calibration([lucky]).debiased == pytest.approx(0, abs=1e-9)
    assert calibration([lucky, off]).debiased == pytest.approx((0.0766667 / 2) ** 0.5)
    assert calibration([lucky, off, alone]).debiased == calibration([lucky, off]).debiased


@given(st.integers(20, 200), st.floats(-0.2, 0.2), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_the_parts_fit_together(n: int, shift: float, seed: int) -> None:
    measured = calibration(widths(clients(n, shift, seed)), draws=20)
    assert 0 <= measured.excess <= measured.error <= 1
    assert 0 < measured.chance < 1
    assert 0 <= measured.as_large_by_chance <= 1
