"""One message of a journey, inside its item."""

from collections.abc import Mapping

from pynamodb.attributes import Attribute, ListAttribute, UTCDateTimeAttribute
from pynamodb.constants import STRING

from comeback.conversations.model import ChannelKind
from comeback.reactivation.model import Attempt, Outcome, Stage
from comeback.storage.items.base import AddressMap, Choice, Day, Map, SlotMap, Text, Texts, Whole
from comeback.storage.items.conversations import ContentMap


class Stages(Attribute[frozenset[Stage]]):
    """A letter each; none is not stored."""

    attr_type = STRING
    null = True
    letters: Mapping[Stage, str] = dict(zip(Stage, "ucdrabos", strict=True))

    def __init__(self) -> None:
        super().__init__(default=frozenset())

    def serialize(self, value: frozenset[Stage]) -> str | None:
        return "".join(letter for stage, letter in self.letters.items() if stage in value) or None

    def deserialize(self, value: str) -> frozenset[Stage]:
        return frozenset(stage for stage, letter in self.letters.items() if letter in value)


class AttemptMap(Map):
    number = Whole()
    address = AddressMap(null=True)
    reserved_for = UTCDateTimeAttribute(null=True)
    slots = ListAttribute(of=SlotMap, default=list)
    offered_last = Whole(default=0)
    discount_percent = Whole()
    content = ContentMap(null=True)
    text_source = Text()
    facts = Text()
    outbox_id = Text()
    task_token = Text()
    sent_at = UTCDateTimeAttribute(null=True)
    deadline = UTCDateTimeAttribute(null=True)
    outcome = Choice(Outcome, null=True)
    detail = Text()
    again = Whole(default=0)
    failed = Texts()
    style = Text()
    offer = Text()
    answered_at = UTCDateTimeAttribute(null=True)
    booked_at = UTCDateTimeAttribute(null=True)
    stop_question = Text()
    booking = Text()
    reached = Stages()
    told = Stages()
    sent_on = Day(null=True)
    sent_hour = Whole(default=0)
    worth_minor = Whole(default=0)

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptMap":
        return cls(
            number=attempt.number,
            address=AddressMap.of(attempt.address) if attempt.address else None,
            reserved_for=attempt.reserved_for,
            slots=[SlotMap.of(slot) for slot in attempt.slots],
            offered_last=attempt.offered_last,
            discount_percent=attempt.discount_percent,
            content=ContentMap.of(attempt.content) if attempt.content else None,
            text_source=attempt.text_source,
            facts=attempt.facts,
            outbox_id=attempt.outbox_id,
            task_token=attempt.task_token,
            sent_at=attempt.sent_at,
            deadline=attempt.deadline,
            outcome=attempt.outcome,
            detail=attempt.detail,
            again=attempt.again,
            failed=tuple(channel.value for channel in attempt.failed),
            style=attempt.style,
            offer=attempt.offer,
            answered_at=attempt.answered_at,
            booked_at=attempt.booked_at,
            stop_question=attempt.stop_question,
            booking=attempt.booking,
            reached=attempt.reached,
            told=attempt.told,
            sent_on=attempt.sent_on,
            sent_hour=attempt.sent_hour,
            worth_minor=attempt.worth_minor,
        )

    def attempt(self) -> Attempt:
        return Attempt(
            number=self.number,
            address=self.address.address() if self.address is not None else None,
            reserved_for=self.reserved_for,
            slots=tuple(slot.slot() for slot in self.slots),
            offered_last=self.offered_last,
            discount_percent=self.discount_percent,
            content=self.content.content() if self.content is not None else None,
            text_source=self.text_source,
            facts=self.facts,
            outbox_id=self.outbox_id,
            task_token=self.task_token,
            sent_at=self.sent_at,
            deadline=self.deadline,
            outcome=self.outcome,
            detail=self.detail,
            again=self.again,
            failed=tuple(ChannelKind(channel) for channel in self.failed),
            style=self.style,
            offer=self.offer,
            answered_at=self.answered_at,
            booked_at=self.booked_at,
            stop_question=self.stop_question,
            booking=self.booking,
            reached=self.reached,
            told=self.told,
            sent_on=self.sent_on,
            sent_hour=self.sent_hour,
            worth_minor=self.worth_minor,
        )
