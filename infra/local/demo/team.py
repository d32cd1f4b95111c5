"""The salon's team, who sign in to the console: one of each role."""

import os
import sys
from collections.abc import Mapping

from cloud import places, stack
from comeback.companies.model import Company
from comeback.runtime.team import CognitoTeam
from comeback.team.model import Role

PASSWORD = "Demo-comeback-1"  # of accounts that live on this machine alone
EMAILS: Mapping[Role, str] = {role: f"{role.value}@comeback.example" for role in Role}


def gather(outputs: Mapping[str, str], company: Company) -> None:
    """As `make company … OWNER=` invites the owner; the others as the owner does in the console."""
    os.environ.setdefault("COMEBACK_OWNER_PASSWORD", PASSWORD)
    sys.path.insert(0, str(places.ROOT / "infra" / "admin"))
    from owner import invite_owner

    invite_owner(outputs, company, EMAILS[Role.OWNER])
    cognito = stack.client("cognito-idp")
    team = CognitoTeam(cognito, outputs["UserPoolId"])
    for role in (Role.MANAGER, Role.VIEWER):
        team.invite(company.company_id, EMAILS[role], role, company.language, quiet=True)
        cognito.admin_set_user_password(
            UserPoolId=outputs["UserPoolId"],
            Username=EMAILS[role],
            Password=PASSWORD,
            Permanent=True,
        )


def told() -> str:
    return f"sign in as {EMAILS[Role.OWNER]} with {PASSWORD} (or manager@…, viewer@…)"
