"""How an account with a messenger fares, and what it may therefore do: level, spam score, stop, slow recovery. Pure.

Everything follows from the account's age, its daily counts and its incidents: nothing is switched that somebody could
forget to switch back. Old days weigh less and incidents lie further back, so recovery is gradual by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from comeback.conversations.model import Account, Incident, Quality, Signal
from comeback.reactivation.sending_limits import LEVELS, Level, level

UNTIL_RESUMED = timedelta.max
STOPS: Mapping[str, timedelta] = {
    "131048": timedelta(days=3),
    "368": timedelta(days=7),
    "131031": UNTIL_RESUMED,
    "131042": UNTIL_RESUMED,
}
"""WhatsApp code → how long nothing is sent: too many complaints, policy, account locked, payment missing (external-apis.md,
B2). The days are a judgement: Meta's own blocks for spam and policy last from one to thirty. Any other incident stops until
the owner resumes."""
STEP = timedelta(days=7)
"""After a stop, cold for so long, then at most warm for as long, then the account's own level."""

WEIGHTS: Mapping[Signal, float] = {
    Signal.BLOCKED: 1.0,
    Signal.OPTED_OUT: 0.5,
    Signal.SPARED: 0.3,
    Signal.UNDELIVERED: 0.1,
}
"""How much each tells against us; a judgement, in the order in which messengers take offence."""
HALF_LIFE = timedelta(days=5)
"""Of a day's counts. Nothing is forgotten at once: where a good day dropped out, the score would rise by itself."""
FIRST_MESSAGES = 20
"""Assumed sent well besides those counted, so that one block among three messages is no verdict."""
WORST_RATE = 0.10
"""Complaints per message at which the score is full."""
INCIDENT_WEIGHT, INCIDENT_HALF_LIFE = 0.5, timedelta(days=7)
LOWER_FROM, COLD_FROM, STOP_FROM = 0.3, 0.6, 0.9


@dataclass(frozen=True)
class Standing:
    level: Level
    """What the account may do now; with `stopped_by` nothing."""
    spam_score: float
    """0 (nobody minds) to 1."""
    stopped_by: str = ""
    """An incident's code, or `spam_score`; empty: it sends."""
    stopped_until: datetime | None = None
    """None while stopped: until the owner resumes, or the score has fallen."""
    slowed: bool = False


def standing(account: Account, now: datetime) -> Standing:
    score = spam_score(account, now)
    own = level(account.since or now, now)
    lowered = _lowered(own, max(_steps_of(account, score), _steps_after_stop(account, own, now)))
    slowed = any(
        d.on == now.astimezone(UTC).date() and d.count(Signal.THROTTLED) for d in account.days
    )
    allowed = _halved(lowered) if slowed else lowered
    stop = _stop(account, now)
    if stop:
        until = None if STOPS.get(stop.code, UNTIL_RESUMED) is UNTIL_RESUMED else _ends(stop)
        return Standing(allowed, score, stop.code, until, slowed)
    if score >= STOP_FROM and not _just_resumed(account, now):
        return Standing(allowed, score, "spam_score", None, slowed)
    return Standing(allowed, score, slowed=slowed)


def _just_resumed(account: Account, now: datetime) -> bool:
    """The owner has looked into it: cold for a week, whatever the score says."""
    return account.resumed_at is not None and now - account.resumed_at < STEP


def spam_score(account: Account, now: datetime) -> float:
    """0–1. Complaints per marketing message, newer days weighing more, and incidents."""
    against = sent = 0.0
    for day in account.days:
        age = now - datetime.combine(day.on, time(), tzinfo=UTC)
        weight = _decay(max(age, timedelta(0)), HALF_LIFE)
        sent += weight * day.count(Signal.SENT)
        against += weight * sum(day.count(signal) * w for signal, w in WEIGHTS.items())
    incidents = sum(
        INCIDENT_WEIGHT * _decay(now - i.at, INCIDENT_HALF_LIFE)
        for i in account.incidents
        if i.at <= now
    )
    return min(1.0, against / (sent + FIRST_MESSAGES) / WORST_RATE + incidents)


def _decay(age: timedelta, half_life: timedelta) -> float:
    return float(0.5 ** (age / half_life))


def _stop(account: Account, now: datetime) -> Incident | None:
    """The incident that stops the account now: of several the one that lasts longest."""
    standing_still = [i for i in account.incidents if i.at <= now < _over(account, i)]
    return max(standing_still, key=_ends, default=None)


def _ends(incident: Incident) -> datetime:
    lasts = STOPS.get(incident.code, UNTIL_RESUMED)
    return datetime.max.replace(tzinfo=UTC) if lasts is UNTIL_RESUMED else incident.at + lasts


def _steps_of(account: Account, score: float) -> int:
    """Levels down for complaints and for the messenger's own rating."""
    if score >= COLD_FROM or account.quality is Quality.RED:
        return len(LEVELS)
    return int(score >= LOWER_FROM or account.quality is Quality.YELLOW)


def _steps_after_stop(account: Account, own: Level, now: datetime) -> int:
    """A stop is over when its time is, or when the owner said so; from then on level by level."""
    ends = [_over(account, i) for i in account.incidents if i.at <= now]
    if not ends:
        return 0
    steps_back = (now - max(ends)) // STEP if now > max(ends) else 0
    best = max(0, len(LEVELS) - 1 - steps_back)
    return max(0, best - LEVELS.index(own))


def _over(account: Account, incident: Incident) -> datetime:
    """When its stop ended, or will: its time is up, or the owner resumed."""
    resumed = account.resumed_at
    return min(_ends(incident), resumed) if resumed and resumed >= incident.at else _ends(incident)


def _lowered(own: Level, steps: int) -> Level:
    return LEVELS[min(LEVELS.index(own) + steps, len(LEVELS) - 1)]


def _halved(own: Level) -> Level:
    """Told to slow down today: half as many an hour, twice as far apart."""
    return replace(own, per_hour=max(1, own.per_hour // 2), gap=own.gap * 2)
