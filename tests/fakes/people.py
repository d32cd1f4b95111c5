"""The People port: users in memory. What it does not show: that a list of them may be some seconds late."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from comeback.errors import AlreadyDone, NotFound
from comeback.team.model import Member, Role, Standing

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class FakePeople:
    users: dict[str, Member] = field(default_factory=dict)
    """By user id, which is made of the address."""
    written_to: set[str] = field(default_factory=set)
    """Addresses that a temporary password went to."""
    with_authenticator: set[str] = field(default_factory=set)
    """User ids."""

    def members(self, company_id: str) -> list[Member]:
        return [user for user in self.users.values() if user.company_id == company_id]

    def member(self, company_id: str, user_id: str) -> Member:
        user = self.users.get(user_id)
        if user is None or user.company_id != company_id:
            raise NotFound("no such member")
        return user

    def invite(self, company_id: str, email: str, role: Role, language: str) -> Member:
        del language
        user_id = f"user-{email.lower()}"
        if user_id in self.users:
            raise AlreadyDone(user_id)
        made = Member(company_id, user_id, email.lower(), role, Standing.INVITED, SINCE)
        self.users[user_id] = made
        self.written_to.add(made.email)
        return made

    def invite_again(self, member: Member) -> None:
        self.written_to.add(member.email)

    def give(self, member: Member, role: Role) -> None:
        self.users[member.user_id] = replace(self.users[member.user_id], role=role)

    def remove(self, member: Member) -> None:
        self.users.pop(member.user_id, None)

    def forget_totp(self, member: Member) -> None:
        self.with_authenticator.discard(member.user_id)

    # ── who is there ─────────────────────────────────────────────────────────────────────────────

    def comes(self, company_id: str, email: str, role: Role) -> str:
        """One who has signed in, with an authenticator; the user id."""
        made = self.invite(company_id, email, role, "en")
        self.users[made.user_id] = replace(made, standing=Standing.ACTIVE)
        self.with_authenticator.add(made.user_id)
        return made.user_id
