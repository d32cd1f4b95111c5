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
    NO = "no"
    QUESTION = "question"
    UNCLEAR = "unclear"
