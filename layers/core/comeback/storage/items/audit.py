"""What was changed, and by whom."""

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from comeback.changes import Audited
from comeback.storage import keys
from comeback.storage.items.base import Item, Text, Texts


class AuditedItem(Item, discriminator="audited"):
    company_id = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    user_id = Text()
    operation = Text()
    target = Text()
    fields = Texts()

    @classmethod
    def of(cls, change: Audited) -> "AuditedItem":
        return cls(
            *keys.audited(change.company_id, change.entry),
            company_id=change.company_id,
            at=change.at,
            user_id=change.user_id,
            operation=change.operation,
            target=change.target,
            fields=change.fields,
        )

    def audited(self) -> Audited:
        return Audited(
            company_id=self.company_id,
            at=self.at,
            user_id=self.user_id,
            operation=self.operation,
            target=self.target,
            fields=self.fields,
        )
