"""The salon's team, who sign in to the console: one of each role."""

from collections.abc import Mapping

from cloud import stack
from comeback.companies.model import Company
from comeback.runtime.team import CognitoTeam
from comeback.team.model import Role

PASSWORD = "Demo-comeback-1"  # of accounts that live on this machine alone
EMAILS: Mapping[Role, str] = {role: f"{role.value}@comeback.example" for role in Role}


def gather(outputs: Mapping[str, str], company: Company) -> None:
    """Their passwords stand at once, and no letters leave."""
    cognito = stack.client("cognito-idp")
    team = CognitoTeam(cognito, outputs["UserPoolId"])
    for role, email in EMAILS.items():
        team.invite(company.company_id, email, role, company.language, quiet=True)
        cognito.admin_set_user_password(
            UserPoolId=outputs["UserPoolId"], Username=email, Password=PASSWORD, Permanent=True
        )


def told() -> str:
    return f"sign in as {EMAILS[Role.OWNER]} with {PASSWORD} (or manager@…, viewer@…)"
