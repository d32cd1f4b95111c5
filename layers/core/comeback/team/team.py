"""The owners' use case: who works here, and as what.

Users stand in another store than the audit log, so the log is written first: what was tried stands there, too. Nothing forbids
two owners to demote each other at one moment, so whoever takes an owner away looks again afterwards, and takes it back.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from comeback.changes import Audited, EventSeen
from comeback.errors import AlreadyDone, Conflict, InvalidInput, NotFound
from comeback.ports import Clock, Store
from comeback.team.model import Member, Role, Standing

TWO_CLOCKS = timedelta(minutes=1)
"""So far ours and that of whoever keeps the users may be apart."""


class People(Protocol):
    """Where the users are. Raises Unavailable and RateLimited."""

    def members(self, company_id: str) -> list[Member]:
        """May be some seconds late."""
        ...

    def member(self, company_id: str, user_id: str) -> Member:
        """As it is now. Raises NotFound, for another company's, too."""
        ...

    def invite(self, company_id: str, email: str, role: Role, language: str) -> Member:
        """Sends a temporary password by e-mail. Raises AlreadyDone when the address has a user, of whichever company;
        InvalidInput."""
        ...

    def invite_again(self, member: Member) -> None:
        """A new temporary password."""
        ...

    def give(self, member: Member, role: Role) -> None: ...

    def remove(self, member: Member) -> None: ...

    def forget_totp(self, member: Member) -> None:
        """And ends the sessions: whoever holds the lost phone may have one."""
        ...


class Team:
    """`user_id`: the owner who asks. Raises NotFound for who is not of this company."""

    def __init__(self, store: Store, people: People, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._clock = clock

    def members(self, company_id: str) -> list[Member]:
        """Owners first, then by address."""
        found = self._people.members(company_id)
        return sorted(found, key=lambda m: (not m.role.may(Role.OWNER), m.email))

    def member(self, company_id: str, user_id: str) -> Member:
        return self._people.member(company_id, user_id)

    def invite(
        self, company_id: str, user_id: str, email: str, role: Role, language: str, key: str
    ) -> Member:
        """The same `key` invites once. Whom this very call invited, and its answer was lost, was not there before."""
        began = self._clock.now()
        seen = EventSeen(company_id, f"invite#{key}", began)
        told = self._told(company_id, user_id, "team.invite", key, ("email", "role"))
        again = False
        try:
            self._store.commit([seen, told])
        except AlreadyDone:
            again = True
        try:
            return self._people.invite(company_id, email, role, language)
        except AlreadyDone:
            ours = [m for m in self._people.members(company_id) if m.email == email.lower()]
            if ours and (again or _invited_since(ours[0], role, began)):
                return ours[0]
            remedy = "Take another address, or look whether it is in the list"
            raise InvalidInput("email", "can not be invited: it has an account", remedy) from None

    def invite_again(self, company_id: str, user_id: str, target: str) -> None:
        member = self._people.member(company_id, target)
        if member.standing is not Standing.INVITED:
            raise InvalidInput("user", "has signed in before", "Reset the authenticator instead")
        self._log(company_id, user_id, "team.invite_again", target)
        self._people.invite_again(member)

    def give(self, company_id: str, user_id: str, target: str, role: Role) -> Member:
        """Raises InvalidInput for the last owner; Conflict when another owner did the same meanwhile."""
        member = self._people.member(company_id, target)
        others = self._others(member) if _takes_owner(member, role) else []
        self._log(company_id, user_id, "team.give", target, ("role",))
        self._people.give(member, role)
        if _takes_owner(member, role):
            self._still(member, others)
        return replace(member, role=role)

    def remove(self, company_id: str, user_id: str, target: str) -> None:
        """As `give`: an owner is demoted before, so that it can be taken back."""
        member = self._people.member(company_id, target)
        others = self._others(member) if _takes_owner(member, None) else []
        self._log(company_id, user_id, "team.remove", target)
        if _takes_owner(member, None):
            self._people.give(member, Role.VIEWER)
            self._still(member, others)
        self._people.remove(member)

    def forget_totp(self, company_id: str, user_id: str, target: str) -> None:
        member = self._people.member(company_id, target)
        self._log(company_id, user_id, "team.forget_totp", target)
        self._people.forget_totp(member)

    # ── parts ────────────────────────────────────────────────────────────────────────────────────

    def _others(self, member: Member) -> list[str]:
        """The other owners who can sign in, or will. Raises InvalidInput when there is none."""
        listed = self._people.members(member.company_id)
        found = [m.user_id for m in listed if m.user_id != member.user_id and _is_owner(m)]
        others = [user for user in found if self._owns(member.company_id, user)]
        if not others:
            raise InvalidInput("role", "is the last owner's", "Make somebody else an owner first")
        return others

    def _still(self, member: Member, others: list[str]) -> None:
        if not any(self._owns(member.company_id, other) for other in others):
            self._people.give(member, Role.OWNER)
            raise Conflict("the other owners were taken away meanwhile")

    def _owns(self, company_id: str, user_id: str) -> bool:
        with suppress(NotFound):
            return _is_owner(self._people.member(company_id, user_id))
        return False

    def _log(
        self,
        company_id: str,
        user_id: str,
        operation: str,
        target: str,
        fields: tuple[str, ...] = (),
    ) -> None:
        self._store.commit([self._told(company_id, user_id, operation, target, fields)])

    def _told(
        self, company_id: str, user_id: str, operation: str, target: str, fields: tuple[str, ...]
    ) -> Audited:
        return Audited(company_id, self._clock.now(), user_id, operation, target, fields)


def _invited_since(member: Member, role: Role, began: datetime) -> bool:
    as_asked = (member.standing, member.role) == (Standing.INVITED, role)
    return as_asked and member.since >= began - TWO_CLOCKS


def _is_owner(member: Member) -> bool:
    """Of those who count: an invited one may never come, and then nobody could mend anything."""
    return member.role is Role.OWNER and member.standing is Standing.ACTIVE


def _takes_owner(member: Member, role: Role | None) -> bool:
    return _is_owner(member) and role is not Role.OWNER
