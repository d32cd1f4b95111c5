"""Who may sign in, and as what. For owners alone."""

from api.admin.caller import Role
from api.admin.resource import Asked, Resource
from api.admin.wire.team import Invitation, MemberView, RoleBody, TeamList
from comeback.runtime import wiring
from comeback.team.model import Member

team = Resource("team")


@team.get("/team", answers=TeamList, role=Role.OWNER)
def list_team(asked: Asked[None]) -> TeamList:
    """Everybody who may sign in for this company."""
    return TeamList([_shown(member) for member in wiring.team().members(asked.company_id)])


@team.get("/team/{user}", answers=MemberView, role=Role.OWNER, etag=True)
def member(asked: Asked[None]) -> MemberView:
    """One of the team."""
    return _shown(wiring.team().member(asked.company_id, asked.path["user"]))


@team.post("/team", body=Invitation, answers=MemberView, role=Role.OWNER, status=201, creates=True)
def invite(asked: Asked[Invitation]) -> MemberView:
    """Invites somebody: a temporary password goes to the address."""
    who, told = asked.caller, asked.body
    made = wiring.team().invite(
        asked.company_id, who.user_id, told.email, told.role, told.language, asked.id
    )
    return _shown(made)


@team.post("/team/{user}/invitation", role=Role.OWNER, status=204)
def invite_again(asked: Asked[None]) -> None:
    """Sends another temporary password to who has not signed in yet."""
    wiring.team().invite_again(asked.company_id, asked.caller.user_id, asked.path["user"])


@team.put("/team/{user}/role", body=RoleBody, answers=MemberView, role=Role.OWNER, current=member)
def give_role(asked: Asked[RoleBody]) -> MemberView:
    """Another role; it is in the token within a quarter of an hour. The last owner stays one."""
    who, target = asked.caller, asked.path["user"]
    return _shown(wiring.team().give(asked.company_id, who.user_id, target, asked.body.role))


@team.delete("/team/{user}", role=Role.OWNER)
def remove(asked: Asked[None]) -> None:
    """Takes somebody out of the team; the last owner stays."""
    wiring.team().remove(asked.company_id, asked.caller.user_id, asked.path["user"])


@team.post("/team/{user}/totp/reset", role=Role.OWNER, status=204)
def reset_totp(asked: Asked[None]) -> None:
    """For who lost the phone: signs out everywhere, and a new authenticator is set up at the next sign-in."""
    wiring.team().forget_totp(asked.company_id, asked.caller.user_id, asked.path["user"])


def _shown(found: Member) -> MemberView:
    return MemberView(found.user_id, found.email, found.role, found.standing, found.since)
