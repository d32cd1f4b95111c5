"""Where the team signs in to the deployed API, and members to sign in with."""

from typing import Any

import httpx
from comeback.runtime.team import CognitoTeam
from comeback.team.model import Role

PASSWORD = "Correct-horse-7"


class Door:
    """Signing in over the deployed API."""

    def __init__(self, api: httpx.Client, cognito: Any, pool_id: str) -> None:
        self.api, self.cognito, self.pool_id = api, cognito, pool_id

    def invited(self, company_id: str, role: Role) -> str:
        """Whose first password is known to us, because no letter was sent."""
        email = f"{role}@{company_id}.example"
        CognitoTeam(self.cognito, self.pool_id).invite(company_id, email, role, "en", quiet=True)
        self.cognito.admin_set_user_password(
            UserPoolId=self.pool_id, Username=email, Password=PASSWORD, Permanent=False
        )
        return email

    def member(self, company_id: str, role: Role) -> str:
        email = self.invited(company_id, role)
        self.cognito.admin_set_user_password(
            UserPoolId=self.pool_id, Username=email, Password=PASSWORD, Permanent=True
        )
        return email

    def post(self, step: str, cookie: str = "", **body: str) -> httpx.Response:
        headers = {"cookie": cookie} if cookie else {}
        return self.api.post(f"/session/{step}", json=body, headers=headers)

    def token(self, email: str) -> str:
        answer = self.post("sign-in", email=email, password=PASSWORD)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])
