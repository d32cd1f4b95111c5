"""Reads a client's answer: what is meant, and which slot, date, service or master is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from world.gemini import patterns
from world.gemini.choosing import Choice, Offer, chosen, offers
from world.gemini.dates import until
from world.gemini.naming import service_named, staff_named
from world.gemini.spoken import plain

Reading = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """`offered_service`: the title offered, when the facts tell it."""

    text: str
    original: str
    offered: tuple[Offer, ...]
    today: date
    services: tuple[str, ...]
    staff: tuple[str, ...]
    offered_service: str
    choice: Choice

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Answer":
        original = str(facts.get("text") or "")
        text, offered = plain(original), offers(facts.get("offered") or ())
        today = date.fromisoformat(str(facts["today"])[:10])
        return cls(
            text,
            original,
            offered,
            today,
            tuple(facts.get("services") or ()),
            tuple(facts.get("staff") or ()),
            str(facts.get("service") or ""),
            chosen(text, offered, today),
        )


def classify(facts: Mapping[str, Any], _rng: Random) -> Reading:
    """{"text", "language", "offered": [{"n", "text", "staff"}], "today": ISO date, "service"?, "services", "staff"}."""
    answer = Answer.of(facts)
    found = next((r for r in (rule(answer) for rule in RULES) if r is not None), None)
    empty: Reading = dict.fromkeys(("slot", "until", "service", "master", "when"))
    return {**empty, **(found or _reading("unclear", 0.3))}


def _reading(intent: str, confidence: float = 0.9, **more: Any) -> Reading:
    return {"intent": intent, "confidence": confidence, **more}


def _stop(a: Answer) -> Reading | None:
    return _reading("stop", 0.97) if patterns.STOP.search(a.text) else None


def _already(a: Answer) -> Reading | None:
    return _reading("already_booked", 0.93) if patterns.ALREADY.search(a.text) else None


def _away(a: Answer) -> Reading | None:
    if not patterns.AWAY.search(a.text):
        return None
    day = until(a.text, a.today)
    return _reading("away", 0.92 if day else 0.8, until=day.isoformat() if day else None)


def _plainly_no(a: Answer) -> Reading | None:
    return _reading("no") if patterns.PLAIN_NO.search(a.text) and not a.choice.slots else None


def _other_master(a: Answer) -> Reading | None:
    named = staff_named(a.text, [*a.staff, *(o.staff for o in a.offered if o.staff)])
    if patterns.OTHER_MASTER.search(a.text):
        offered = {o.staff for o in a.offered}
        return _reading("other_master", master=named if named not in offered else None)
    if named is None:
        return None
    slots = [o.n for o in a.offered if o.staff == named]
    if not slots:
        return _reading("other_master", master=named)
    picked = [n for n in slots if n in a.choice.slots] if a.choice.said else slots
    if a.choice.said and not picked:
        return _reading("other_time", 0.85, when=a.choice.said, master=named)
    return _reading("yes", 0.85, slot=picked[0] if len(picked) == 1 else None)


def _other_service(a: Answer) -> Reading | None:
    titles = service_named(a.text, a.services)
    wants = patterns.OTHER_SERVICE.search(a.text)
    if not titles:
        asks = "услуг" in a.text or "service" in a.text
        return _reading("other_service", 0.8) if wants and asks and "друг" in a.text else None
    if a.offered_service in titles or (a.choice.slots and a.choice.exact and not wants):
        return None
    if not wants and patterns.YES.search(a.text):
        return None
    return _reading("other_service", service=titles[0] if len(titles) == 1 else a.original[:80])


def _slot(a: Answer) -> Reading | None:
    """A question beside a clear choice is the choice; one beside a mere «вечером» asks for another time."""
    vague = not a.choice.exact and ("?" in a.text or patterns.OTHER_TIME.search(a.text))
    if not a.choice.slots or vague or (patterns.QUESTION.search(a.text) and not a.choice.exact):
        return None
    if patterns.OTHER_TIME.search(a.text) and not patterns.YES.search(a.text):
        return None
    one = a.choice.slots[0] if len(a.choice.slots) == 1 else None
    return _reading("yes", 0.95 if one else 0.75, slot=one)


def _other_time(a: Answer) -> Reading | None:
    word = patterns.OTHER_TIME.search(a.text)
    if not word and not a.choice.said:
        return None
    if patterns.QUESTION.search(a.text) and not a.choice.said:
        return None
    bounds = [w for w in (a.choice.said, word[0] if word else "") if w]
    exact = a.original[:80] if word else a.choice.said
    return _reading("other_time", 0.88, when=exact if bounds else None)


def _question(a: Answer) -> Reading | None:
    return _reading("question", 0.88) if patterns.QUESTION.search(a.text) else None


def _no(a: Answer) -> Reading | None:
    return _reading("no", 0.88) if patterns.NO.search(a.text) else None


def _yes(a: Answer) -> Reading | None:
    if not patterns.YES.search(a.text):
        return None
    only = a.offered[0].n if len(a.offered) == 1 else None
    return _reading("yes", 0.85, slot=only)


def _asks(a: Answer) -> Reading | None:
    return _reading("question", 0.6) if a.text.rstrip(" )").endswith("?") else None


RULES = (
    _stop,
    _already,
    _away,
    _plainly_no,
    _other_master,
    _other_service,
    _slot,
    _other_time,
    _question,
    _no,
    _yes,
    _asks,
)
