"""Staff as the admin API shows them."""

from typing import Annotated

from api.admin.wire.hours import DayHours, Week, from_week, to_week
from comeback.bookings.model import Staff
from comeback.companies.model import Company, CrmKind
from msgspec import Meta, Struct


class StaffBody(Struct, forbid_unknown_fields=True):
    """A member of staff: name, services by id, working hours."""

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    service_ids: Annotated[list[str], Meta(max_length=200)]
    hours: Week

    def staff(self, staff_id: str) -> Staff:
        hours = from_week(self.hours, "hours")
        return Staff(staff_id, self.name.strip(), frozenset(self.service_ids), hours)


class StaffView(Struct):
    """A member of staff. `editable`: this company keeps no CRM, so it is changed here."""

    staff_id: str
    name: str
    service_ids: list[str]
    hours: list[DayHours]
    editable: bool

    @classmethod
    def of(cls, company: Company, member: Staff) -> "StaffView":
        editable = company.crm is CrmKind.NATIVE
        known = (member.staff_id, member.name, sorted(member.service_ids))
        return cls(*known, to_week(member.hours), editable)


class StaffList(Struct):
    """All staff by name."""

    items: list[StaffView]
    editable: bool
