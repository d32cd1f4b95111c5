"""Staff: who does which service, and when. With a CRM they come from there."""

from typing import Any

from api.admin.resource import Asked, Resource
from api.admin.wire.staff import StaffBody, StaffList, StaffView
from comeback.companies.model import CrmKind
from comeback.errors import NotFound
from comeback.runtime import wiring

staff = Resource("staff")


@staff.get("/staff", answers=StaffList)
def list_staff(asked: Asked[None]) -> StaffList:
    """Staff by name."""
    store = wiring.as_stored(asked.company_id)
    company, found = store.company(asked.company_id), store.catalogue(asked.company_id).staff
    by_name = sorted(found.values(), key=lambda member: member.name.casefold())
    items = [StaffView.of(company, member) for member in by_name]
    return StaffList(items, company.crm is CrmKind.NATIVE)


@staff.get("/staff/{staff}", answers=StaffView, etag=True)
def member_of_staff(asked: Asked[None]) -> StaffView:
    """One member of staff."""
    return _shown(asked, asked.path["staff"])


@staff.post("/staff", body=StaffBody, answers=StaffView, status=201, creates=True)
def add_staff(asked: Asked[StaffBody]) -> StaffView:
    """A new member of staff of a company without a CRM."""
    fresh, change = asked.body.staff(asked.id), wiring.change_catalogue()
    change.save_staff(asked.company_id, fresh, asked.caller.user_id, new=True)
    return _shown(asked, fresh.staff_id)


@staff.put("/staff/{staff}", body=StaffBody, answers=StaffView, current=member_of_staff)
def change_staff(asked: Asked[StaffBody]) -> StaffView:
    """Name, services, hours. Of a company without a CRM."""
    fresh, change = asked.body.staff(asked.path["staff"]), wiring.change_catalogue()
    change.save_staff(asked.company_id, fresh, asked.caller.user_id, new=False)
    return _shown(asked, fresh.staff_id)


def _shown(asked: Asked[Any], staff_id: str) -> StaffView:
    store = wiring.as_stored(asked.company_id)
    found = store.catalogue(asked.company_id).staff.get(staff_id)
    if found is None:
        raise NotFound(f"staff {staff_id}")
    return StaffView.of(store.company(asked.company_id), found)
