"""Services and staff of a company without a CRM. With one they come from there: changed here, the next sync would undo it."""

from typing import TypeVar

from comeback.bookings.model import Service, Staff
from comeback.changes import Audited, SaveService, SaveStaff
from comeback.companies.model import CrmKind
from comeback.errors import Conflict, InvalidInput, NotFound
from comeback.ports import Catalogue, Clock, Store

Kind = TypeVar("Kind", Service, Staff)


class ChangeCatalogue:
    """Asked again for what is so already, it changes nothing. Raises NotFound, InvalidInput, and Conflict when somebody else
    was first."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def save_service(self, company_id: str, service: Service, user_id: str, *, new: bool) -> None:
        services = self._own(company_id).services
        over = _over(services.get(service.service_id), service, new=new)
        if over != service:
            done = self._audited(company_id, user_id, "services", service.service_id, over, service)
            self._store.commit([SaveService(company_id, service, over), done])

    def save_staff(self, company_id: str, member: Staff, user_id: str, *, new: bool) -> None:
        catalogue = self._own(company_id)
        if not member.service_ids <= catalogue.services.keys():
            raise InvalidInput(
                "service_ids", "has a service that is not there", "Name services of the company"
            )
        if any(hours.opens >= hours.closes for hours in member.hours.values()):
            raise InvalidInput(
                "hours", "closes before it opens", "Let each day end after it begins"
            )
        over = _over(catalogue.staff.get(member.staff_id), member, new=new)
        if over != member:
            done = self._audited(company_id, user_id, "staff", member.staff_id, over, member)
            self._store.commit([SaveStaff(company_id, member, over), done])

    def _own(self, company_id: str) -> Catalogue:
        if self._store.company(company_id).crm is not CrmKind.NATIVE:
            remedy = "Change it there; it comes here by itself"
            raise InvalidInput("crm", "keeps services and staff", remedy)
        return self._store.catalogue(company_id)

    def _audited(
        self,
        company_id: str,
        user_id: str,
        tag: str,
        target: str,
        over: Service | Staff | None,
        fresh: Service | Staff,
    ) -> Audited:
        names = tuple(n for n, value in vars(fresh).items() if getattr(over, n, None) != value)
        operation = f"{tag}.change" if over else f"{tag}.add"
        return Audited(company_id, self._clock.now(), user_id, operation, target, names)


def _over(stored: Kind | None, fresh: Kind, *, new: bool) -> Kind | None:
    """What is written over; None for what is new."""
    if new and stored not in (None, fresh):
        raise Conflict("this id is another's")
    if not new and stored is None:
        raise NotFound("no such service or member of staff")
    return stored
