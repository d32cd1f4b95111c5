"""What an answer can mean."""

from enum import StrEnum


class Intent(StrEnum):
    YES = "yes"
    OTHER_TIME = "other_time"
    OTHER_SERVICE = "other_service"
    OTHER_MASTER = "other_master"
    AWAY = "away"
    ALREADY_BOOKED = "already_booked"
    STOP = "stop"
    PERHAPS_STOP = "perhaps_stop"
    """A demand to stop that is told by half: in irony, beside a chosen time, or by a model alone. Asked about, not obeyed."""
    NO = "no"
    QUESTION = "question"
    UNCLEAR = "unclear"
