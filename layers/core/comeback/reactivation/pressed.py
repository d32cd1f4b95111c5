"""What a pressed button says: exactly one thing, however long ago it was shown. Its ids are made in wording.py."""

import re
from dataclasses import dataclass

from comeback.bookings.model import Slot
from comeback.ports import AnswerReading
from comeback.reactivation.intents import Intent
from comeback.reactivation.model import Journey

LISTED = re.compile(r"\d{1,3}", re.ASCII)
"""Of what we offer; a button's id may come back as anything."""


@dataclass(frozen=True)
class PressedSlot:
    """`slot:<journey>:<attempt>:<n>`: the n-th of that very attempt, which may be an earlier one by now."""

    journey_id: str
    attempt: int
    n: int

    @classmethod
    def of(cls, button_id: str) -> "PressedSlot | None":
        verb, *rest = button_id.split(":")
        if verb != "slot" or len(rest) != 3 or not all(map(LISTED.fullmatch, rest[1:])):
            return None
        return cls(rest[0], int(rest[1]), int(rest[2]))

    @property
    def read(self) -> AnswerReading:
        return AnswerReading(Intent.YES.value, slot=self.n, confidence=1.0)

    def slot(self, journey: Journey) -> Slot | None:
        """Of an attempt made again, what was offered last. None: nothing of the kind was offered on this journey."""
        if journey.journey_id != self.journey_id:
            return None
        lists = [
            a.slots for a in journey.attempts if a.number == self.attempt and len(a.slots) >= self.n
        ]
        return lists[-1][self.n - 1] if lists and self.n else None


def pressed_button(button_id: str) -> AnswerReading | None:
    """A `PressedSlot`, `pick:<journey>`, `other:<journey>`, `stop:<journey>`. Who was to pick from a list has not told which."""
    if pressed := PressedSlot.of(button_id):
        return pressed.read
    verb = button_id.split(":")[0]
    intents = {"pick": Intent.YES, "other": Intent.OTHER_TIME, "stop": Intent.STOP}
    if verb not in intents:
        return None
    return AnswerReading(intents[verb].value, confidence=1.0, open=verb == "pick")
