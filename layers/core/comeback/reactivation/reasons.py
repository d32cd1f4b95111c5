"""Why a client is due, in the owner's language: the numbers of a forecast's basis as sentences."""

from comeback.reactivation.phrasebook import counted, spoken
from comeback.reactivation.returns import Basis

STEADY = 0.3
"""Variation of the gaps below which visits are regular (specification: regularity 1 - sd/mean above 0.7)."""
LOOSE = 0.7
"""Above it the gaps are nearly those of a client who comes at random."""
GAPS_OF_A_RHYTHM = 2
"""Fewer tell a usual gap, but not whether it is kept."""


def why(basis: Basis, language: str) -> str:
    """What others do, the client's own rhythm where there is one, how late it is, and whether there is hope."""
    return " ".join(
        (
            _rhythm(basis, language),
            spoken(language, "why.others", days=_days(basis.usual_gap_days, language)),
            _lateness(basis, language),
            spoken(language, "why.chance", percent=_percent(basis.p_active)),
        )
    )


def _rhythm(basis: Basis, language: str) -> str:
    if basis.own_gap_days is None:
        return spoken(language, "why.first")
    return spoken(
        language,
        f"why.rhythm.{_kind(basis)}",
        days=_days(round(basis.own_gap_days), language),
        visits=counted(language, "why.visits", basis.own_gaps + 1),
    )


def _kind(basis: Basis) -> str:
    if basis.own_gaps < GAPS_OF_A_RHYTHM or STEADY <= basis.variation <= LOOSE:
        return "usual"
    return "steady" if basis.variation < STEADY else "loose"


def _lateness(basis: Basis, language: str) -> str:
    low, high = basis.band
    late = basis.silence_days - high
    key = "why.late" if late > 0 else "why.early" if basis.silence_days < low else "why.time"
    until = _days(high, language)
    return spoken(
        language,
        key,
        range=until if low == high else f"{low}–{until}",
        passed=counted(language, "why.passed", basis.silence_days),
        days=_days(late, language),
    )


def _days(n: int, language: str) -> str:
    return counted(language, "why.days", n)


def _percent(p: float) -> int:
    """Nobody is surely lost or surely not."""
    return min(max(round(100 * p), 1), 99)
