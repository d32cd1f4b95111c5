from collections.abc import Sequence
from math import sqrt

import pytest
from comeback.reactivation.holdout import in_holdout
from hypothesis import given
from hypothesis import strategies as st

IDS = st.text(min_size=1, max_size=20)
SHARES = st.floats(0, 50)
CLIENTS = [f"client{n}" for n in range(4000)]


def held_out(company_id: str, share: float, clients: Sequence[str] = CLIENTS) -> set[str]:
    return {client for client in clients if in_holdout(company_id, client, share)}


def test_stays_as_it_was_released() -> None:
    """Another hash would move clients who were written to into the holdout."""
    assert held_out("salon", 10, CLIENTS[:30]) == {
        "client13",
        "client15",
        "client20",
        "client23",
        "client28",
    }


@given(IDS, IDS, SHARES, SHARES)
def test_a_larger_share_keeps_the_smaller_ones(
    company: str, client: str, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    assert not in_holdout(company, client, less) or in_holdout(company, client, more)


@given(IDS, IDS)
def test_nobody_at_nought(company: str, client: str) -> None:
    assert not in_holdout(company, client, 0)


@pytest.mark.parametrize("share", [1, 10, 33.3, 50])
def test_the_share_is_held_out(share: float) -> None:
    """Within four standard deviations."""
    chance = share / 100
    deviation = sqrt(chance * (1 - chance) / len(CLIENTS))
    assert len(held_out("salon", share)) / len(CLIENTS) == pytest.approx(chance, abs=4 * deviation)


def test_companies_draw_independently() -> None:
    both = held_out("salon", 50) & held_out("barber", 50)
    assert len(both) / len(CLIENTS) == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("share", [-1, 50.1, 100])
def test_no_other_share(share: float) -> None:
    with pytest.raises(ValueError, match="not within"):
        in_holdout("salon", "client", share)
