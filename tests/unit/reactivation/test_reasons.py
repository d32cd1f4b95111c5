import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from comeback.reactivation.reasons import why
from comeback.reactivation.returns import Basis, ReturnModel
from hypothesis import given, settings
from hypothesis import strategies as st

LATE = Basis(
    own_gaps=5,
    own_gap_days=28.0,
    usual_gap_days=35,
    own_weight=0.8,
    variation=0.4,
    silence_days=41,
    band=(24, 33),
    p_active=0.84,
)
LANGUAGES = ("en", "ru")


def test_a_late_client_in_russian() -> None:
    assert why(LATE, "ru") == (
        "Ходит примерно раз в 28 дней (по 6 визитам). "
        "Клиенты этой услуги обычно возвращаются примерно через 35 дней. "
        "Ожидаемый срок — через 24–33 дня после визита, прошёл 41 день: на 8 дней позже обычного. "
        "Вероятность, что клиент не потерян, — 84 %."
    )


def test_a_late_client_in_english() -> None:
    assert why(LATE, "en") == (
        "Comes about every 28 days (6 visits seen). "
        "Clients of this service usually return after about 35 days. "
        "Expected 24–33 days after a visit; 41 days have passed: 8 days later than usual. "
        "The chance that the client is not lost is 84%."
    )


def test_a_first_visit_rests_on_others() -> None:
    first = replace(LATE, own_gaps=0, own_gap_days=None)
    assert why(first, "ru").startswith("Пока был один визит, поэтому срок — по другим клиентам.")
    assert why(first, "en").startswith("One visit so far, so the date rests on what others do.")


@pytest.mark.parametrize(
    ("variation", "russian", "english"),
    [
        (0.15, "Ходит регулярно, примерно раз в 28 дней", "Comes regularly, about every 28 days"),
        (0.95, "но без чёткого ритма", "but at no fixed rhythm"),
    ],
)
def test_a_kept_rhythm_is_told_from_a_loose_one(
    variation: float, russian: str, english: str
) -> None:
    basis = replace(LATE, variation=variation)
    assert russian in why(basis, "ru")
    assert english in why(basis, "en")


def test_one_gap_is_no_kept_rhythm_yet() -> None:
    basis = replace(LATE, own_gaps=1, variation=0.1)
    assert why(basis, "en").startswith("Comes about every 28 days (2 visits seen).")
    assert why(basis, "ru").startswith("Ходит примерно раз в 28 дней (по 2 визитам).")


@pytest.mark.parametrize(
    ("silence", "russian", "english"),
    [
        (23, "прошло 23 дня: пока рано.", "23 days have passed: it is early yet."),
        (24, "прошло 24 дня: самое время.", "24 days have passed: now is the time."),
        (33, "прошло 33 дня: самое время.", "33 days have passed: now is the time."),
        (34, "прошло 34 дня: на 1 день позже", "34 days have passed: 1 day later than usual."),
        (35, "прошло 35 дней: на 2 дня позже", "35 days have passed: 2 days later than usual."),
        (1, "прошёл 1 день: пока рано", "1 day has passed: it is early yet."),
    ],
)
def test_lateness_is_told_against_the_usual_band(silence: int, russian: str, english: str) -> None:
    basis = replace(LATE, silence_days=silence)
    assert russian in why(basis, "ru")
    assert english in why(basis, "en")


@pytest.mark.parametrize(
    ("gaps", "russian"), [(20, "по 21 визиту"), (21, "по 22 визитам"), (10, "по 11 визитам")]
)
def test_visits_agree_with_their_number(gaps: int, russian: str) -> None:
    assert russian in why(replace(LATE, own_gaps=gaps), "ru")


def test_a_band_of_one_day_is_one_number() -> None:
    assert "через 21 день после визита" in why(replace(LATE, band=(21, 21)), "ru")


@pytest.mark.parametrize(("p", "percent"), [(1.0, 99), (0.0, 1), (0.5, 50)])
def test_nobody_is_surely_lost_or_surely_not(p: float, percent: int) -> None:
    assert why(replace(LATE, p_active=p), "en").endswith(f"not lost is {percent}%.")


@given(st.lists(st.integers(1, 300), max_size=6), st.integers(0, 500), st.sampled_from(LANGUAGES))
@settings(max_examples=30, deadline=None)
def test_says_what_the_forecast_says(gaps: list[int], silence: int, language: str) -> None:
    days = [date(2025, 1, 6)]
    for gap in gaps:
        days.append(days[-1] + timedelta(gap))
    forecast = ReturnModel.default(28).forecast(days, as_of=days[-1] + timedelta(silence))
    said = why(forecast.basis, language)
    assert "{" not in said
    assert ("later than usual" in said or "позже обычного" in said) == forecast.late
    late = re.search(r"(?:: |: на )(\d+) \w+ (?:later|позже)", said)
    assert (int(late[1]) if late else 0) == max((forecast.as_of - forecast.high).days, 0)
