"""The first of a company's team: invited by e-mail; who signs in first takes a password and an authenticator app of their own."""

import os
from collections.abc import Mapping
from typing import Any

import boto3
from comeback.companies.model import Company
from comeback.errors import AlreadyDone
from comeback.runtime.team import CognitoTeam
from comeback.team.model import Role

PASSWORD = "COMEBACK_OWNER_PASSWORD"  # noqa: S105  # a variable's name
"""Set, as on the local cloud: the owner's password at once, and no letter."""


def invite_owner(stack: Mapping[str, Any], company: Company, email: str) -> str:
    """What was done, in words. Repeating it changes nothing; raises what CognitoTeam raises."""
    cognito = boto3.client("cognito-idp")
    password = os.environ.get(PASSWORD, "")
    team = CognitoTeam(cognito, stack["UserPoolId"])
    try:
        team.invite(company.company_id, email, Role.OWNER, company.language, quiet=bool(password))
    except AlreadyDone:
        return f"{email} has an account already: it stays as it is"
    if password:
        cognito.admin_set_user_password(
            UserPoolId=stack["UserPoolId"], Username=email, Password=password, Permanent=True
        )
    return f"{email} is the owner" + ("" if password else " and was sent a temporary password")
