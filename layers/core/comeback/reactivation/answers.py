"""What a client's words mean: the model reads them, the rules stand behind it and check it. Pure but for the port."""

from dataclasses import replace
from datetime import date, timedelta

from comeback.errors import Permanent, Retryable, UnknownOutcome
from comeback.ports import AnswerFacts, AnswerReading, LanguageModel
from comeback.reactivation.answer_rules import (
    CERTAIN,
    EXPLICIT,
    GUESS,
    LIKELY,
    read_by_rules,
)
from comeback.reactivation.intents import Intent

__all__ = ["Intent", "read_by_rules", "reading"]

STOP_SURE = 0.8
"""Below this the model's «stop» is asked about, not obeyed: a wrong opt-out loses a client for good."""
HEAD, TAIL = 700, 300
"""Characters of a long message that are read."""
LONGEST_ABSENCE = timedelta(days=366)


def reading(model: LanguageModel | None, facts: AnswerFacts) -> AnswerReading:
    """Never fails. A plain opt-out, and what needs no thinking, is read by rules alone; else the model reads and what
    it says is held against what was offered."""
    facts = replace(facts, text=shortened(facts.text))
    ruled = read_by_rules(facts)
    if model is None or ruled.confidence >= CERTAIN:
        return ruled
    try:
        read = model.read_answer(facts)
        Intent(read.intent)
    except (Retryable, Permanent, UnknownOutcome, ValueError):
        return ruled
    return _settled(read, ruled, facts)


def shortened(text: str) -> str:
    """A novel's beginning and end: what matters stands there, and neither rules nor model should chew on 4,096 letters."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} … {text[-TAIL:]}"


def _settled(read: AnswerReading, ruled: AnswerReading, facts: AnswerFacts) -> AnswerReading:
    """A day, time or number that the client named outright is not the model's to overrule: booking the wrong slot, or an
    opt-out nobody asked for, costs more than a question. Where the model is at a loss, the rules' guess stands."""
    explicit = ruled.confidence >= EXPLICIT and ruled.intent in (Intent.YES, Intent.OTHER_TIME)
    if explicit and read.intent in (Intent.STOP, Intent.PERHAPS_STOP):
        return ruled
    if read.intent == Intent.STOP:
        return _stop_settled(read, ruled)
    if ruled.intent == Intent.PERHAPS_STOP:
        return ruled
    decided = ruled.slot is not None or ruled.intent == Intent.OTHER_TIME
    if explicit and decided and read.intent == Intent.YES and read.slot != ruled.slot:
        return ruled
    if read.intent == Intent.UNCLEAR and ruled.confidence >= LIKELY:
        return ruled
    yes, slot = read.intent == Intent.YES, _slot_read(read, ruled, facts)
    return replace(
        read,
        slot=slot if yes else None,
        open=yes and slot is None and (read.slot is not None or ruled.open),
        until=_sensible(read, facts) or (ruled.until if read.intent == Intent.AWAY else None),
    )


def _slot_read(read: AnswerReading, ruled: AnswerReading, facts: AnswerFacts) -> int | None:
    """What they had refused before the newest list was made is theirs again only when the rules heard it named, too."""
    allowed = {s.n for s in facts.newest} | {s.n for s in facts.before if s.n == ruled.slot}
    return read.slot if read.slot in allowed else None


def _stop_settled(read: AnswerReading, ruled: AnswerReading) -> AnswerReading:
    """The model alone opts nobody out: its «stop» is obeyed when it is sure and the rules heard half of one too."""
    half_told = ruled.intent == Intent.PERHAPS_STOP and ruled.confidence <= GUESS
    sure = read.confidence >= STOP_SURE and half_told
    intent = Intent.STOP if sure else Intent.PERHAPS_STOP
    return AnswerReading(intent.value, confidence=read.confidence)


def _sensible(read: AnswerReading, facts: AnswerFacts) -> date | None:
    coming = read.until is not None and facts.today < read.until <= facts.today + LONGEST_ABSENCE
    return read.until if coming and read.intent == Intent.AWAY else None
