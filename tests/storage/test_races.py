import pytest
from comeback.errors import Conflict
from comeback.storage import races
from comeback.storage.races import until_won


def test_forty_rivals_are_all_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(races, "PAUSE", 0.0)
    lost = iter(range(40))

    def attempt() -> str:
        if next(lost, None) is not None:
            raise Conflict("somebody else was first")
        return "won"

    assert until_won(attempt) == "won"


@pytest.mark.parametrize(("attempts", "patience"), [(3, 8.0), (10**6, 0.05)])
def test_a_race_ends(monkeypatch: pytest.MonkeyPatch, attempts: int, patience: float) -> None:
    monkeypatch.setattr(races, "ATTEMPTS", attempts)
    monkeypatch.setattr(races, "PATIENCE", patience)

    def attempt() -> None:
        raise Conflict("always")

    with pytest.raises(Conflict, match="others kept being first"):
        until_won(attempt)
