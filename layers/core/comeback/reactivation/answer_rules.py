"""Reading an answer by rules: for when no model answers, for what needs none, and to check what the model says."""

import re
from collections.abc import Callable

from comeback.ports import AnswerFacts, AnswerReading
from comeback.reactivation import answer_words as words
from comeback.reactivation.absence import until
from comeback.reactivation.intents import Intent
from comeback.reactivation.names import best_match, pattern, words_of
from comeback.reactivation.opt_out import half_told, is_opt_out
from comeback.reactivation.slot_choice import Choice, by_staff, choose, names

CERTAIN = 0.95
"""From here on the model is not asked."""
EXPLICIT, LIKELY, GUESS = 0.85, 0.7, 0.4
SHORT_WORDS = 2
"""«Да, давайте» is certain; a longer message may go on to say something else."""


def read_by_rules(facts: AnswerFacts) -> AnswerReading:
    said = Said(facts)
    for rule in RULES:
        if found := rule(said):
            return found
    return _reading(Intent.UNCLEAR, GUESS)


class Said:
    """An answer prepared for the rules."""

    def __init__(self, facts: AnswerFacts) -> None:
        self.facts = facts
        self.text = words.simple(facts.text)
        self.bare = words.bare(self.text)
        self.choice: Choice = choose(self.text, facts.offered, facts.newest, facts.today)

    def has(self, what: re.Pattern[str]) -> bool:
        return bool(what.search(self.text))

    def only(self, slots: tuple[int, ...]) -> int | None:
        """A day, a time or a master that stands in the newest list is said of it."""
        newest = {slot.n for slot in self.facts.newest}
        left = slots if self.choice.counted else tuple(n for n in slots if n in newest) or slots
        return left[0] if len(left) == 1 else None


def _reading(
    intent: Intent,
    confidence: float,
    *,
    slot: int | None = None,
    service: str | None = None,
    master: str | None = None,
    open: bool = False,
) -> AnswerReading:
    return AnswerReading(intent.value, slot, None, service, master, None, confidence, open)


def _stop(said: Said) -> AnswerReading | None:
    """Beside a chosen slot or master a demand is ambiguous: it is asked about, whatever a model says."""
    if not is_opt_out(said.text):
        return None
    if said.choice.slots or by_staff(said.text, said.facts.offered):
        return _reading(Intent.PERHAPS_STOP, LIKELY)
    return _reading(Intent.STOP, 1.0)


def _half_told(said: Said) -> AnswerReading | None:
    """Words for a demand are endless: what may be one is asked about, and no model can talk us out of it."""
    if not half_told(said.text) or said.has(words.WILL_WRITE) or said.has(words.CANCELS):
        return None
    return _reading(Intent.PERHAPS_STOP, GUESS)


def _signs(said: Said) -> AnswerReading | None:
    """A message of emoji alone."""
    if said.bare:
        return None
    signs = set(said.text)
    if signs & words.YES_SIGNS:
        return _reading(Intent.YES, LIKELY)
    return _reading(Intent.NO, LIKELY) if signs & words.NO_SIGNS else None


def _already_booked(said: Said) -> AnswerReading | None:
    if said.has(words.ALREADY_BOOKED) and not said.has(words.ELSEWHERE):
        return _reading(Intent.ALREADY_BOOKED, LIKELY)
    return None


def _away(said: Said) -> AnswerReading | None:
    if not said.has(words.AWAY) or said.has(words.CAME_BACK):
        return None
    day = until(said.text, said.facts.today)
    return AnswerReading(Intent.AWAY.value, until=day, confidence=LIKELY)


def _other_master(said: Said) -> AnswerReading | None:
    offered = {slot.staff for slot in said.facts.newest}
    offered |= {slot.staff for slot in said.facts.before if slot.n in said.choice.slots}
    named = [name for name in said.facts.staff if names(said.text, name)]
    wanted = next((name for name in named if name not in offered), None)
    if wanted:
        return _reading(Intent.OTHER_MASTER, EXPLICIT, master=wanted)
    refused = bool(
        re.search(
            r"(?:\bне\s+(?:хочу\s+)?к\s|\bкроме\s|\bnot\s+(?:with|to)\s|other\s+than\s)", said.text
        )
    )
    if said.has(words.OTHER_MASTER) or (named and refused):
        return _reading(Intent.OTHER_MASTER, LIKELY)
    return None


def _other_service(said: Said) -> AnswerReading | None:
    """A title beside the one offered; without knowing which that is, only when asked for instead."""
    ours = set(words_of(said.facts.service))
    others = {
        title: title
        for title in said.facts.services
        if title != said.facts.service and _titled(said.text, set(words_of(title)) - ours)
    }
    asked = said.has(words.INSTEAD) or bool(ours)
    if others and asked:
        return _reading(
            Intent.OTHER_SERVICE,
            LIKELY,
            service=best_match(said.text, others) or next(iter(others)),
        )
    return _reading(Intent.OTHER_SERVICE, LIKELY) if said.has(words.OTHER_SERVICE) else None


def _titled(text: str, title_words: set[str]) -> bool:
    return any(pattern(word).search(text) for word in title_words if len(word) > 3)


def _undecided(said: Said) -> AnswerReading | None:
    """They will answer later, or ask to cancel what we know nothing of: a person should look."""
    if said.has(words.CANCELS):
        return _reading(Intent.UNCLEAR, LIKELY)
    open_still = said.has(words.WILL_WRITE) and not said.has(words.MAYBE_LATER)
    return _reading(Intent.UNCLEAR, LIKELY) if open_still and not said.choice.slots else None


def _slot(said: Said) -> AnswerReading | None:
    """One of the offered, named; or a day or time that is not among them."""
    choice, theirs = said.choice, by_staff(said.text, said.facts.offered)
    if choice.slots and said.has(words.OTHER_HOUR):
        return AnswerReading(
            Intent.OTHER_TIME.value, when=said.facts.text.strip(), confidence=EXPLICIT
        )
    if choice.named and not choice.wanted:
        only = said.only(tuple(n for n in choice.slots if n in theirs) or choice.slots)
        sure = choice.exact and (only or choice.counted)
        return _reading(Intent.YES, CERTAIN if sure else EXPLICIT, slot=only, open=not only)
    if choice.wanted and not _later(said):
        return AnswerReading(
            Intent.OTHER_TIME.value, when=said.facts.text.strip(), confidence=EXPLICIT
        )
    if theirs and not said.has(words.NO) and not choice.wanted:
        only = said.only(theirs)
        return _reading(Intent.YES, LIKELY, slot=only, open=not only)
    return None


def _later(said: Said) -> bool:
    """«Не сегодня» refuses; it asks for no other time."""
    return said.has(words.MAYBE_LATER)


def _other_time(said: Said) -> AnswerReading | None:
    asked = any(map(said.has, (words.OTHER_TIME, words.TIME_FIRST, words.BY_MONTH)))
    if said.has(words.MAYBE_LATER) or not asked:
        return None
    return AnswerReading(Intent.OTHER_TIME.value, when=said.facts.text.strip(), confidence=LIKELY)


def _question(said: Said) -> AnswerReading | None:
    return _reading(Intent.QUESTION, LIKELY) if said.has(words.QUESTION) else None


def _no(said: Said) -> AnswerReading | None:
    if not (said.has(words.NO) or said.has(words.MAYBE_LATER) or said.has(words.ELSEWHERE)):
        return None
    return _reading(Intent.NO, CERTAIN if len(said.bare.split()) <= SHORT_WORDS else LIKELY)


def _yes(said: Said) -> AnswerReading | None:
    if said.has(words.ANY_SLOT) and said.facts.offered:
        return _reading(Intent.YES, LIKELY, slot=said.facts.newest[0].n)
    if not said.has(words.YES) and not re.match(r"\W*да\b", said.bare):
        return None
    sure = len(said.bare.split()) <= SHORT_WORDS and "?" not in said.text
    return _reading(Intent.YES, CERTAIN if sure else LIKELY)


def _asks(said: Said) -> AnswerReading | None:
    return _reading(Intent.QUESTION, GUESS) if "?" in said.text else None


RULES: tuple[Callable[[Said], AnswerReading | None], ...] = (
    _stop,
    _signs,
    _already_booked,
    _away,
    _other_master,
    _other_service,
    _undecided,
    _slot,
    _other_time,
    _question,
    _half_told,
    _no,
    _yes,
    _asks,
)
"""The first that answers wins: what would cost most if overlooked comes first."""
