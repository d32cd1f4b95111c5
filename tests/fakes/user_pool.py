"""The team's user pool on moto, as the template makes it, as far as moto knows it."""

from typing import Any


def user_pool(cognito: Any, **more: str) -> str:
    """Its id."""
    schema = [
        {"Name": name, "AttributeDataType": "String", "Mutable": True}
        for name in ("company", "role")
    ]
    made = cognito.create_user_pool(
        PoolName="team", UsernameAttributes=["email"], Schema=schema, **more
    )
    return str(made["UserPool"]["Id"])


def console_client(cognito: Any, pool_id: str) -> str:
    """The id of the client that the console signs in by."""
    made = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="console",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )
    return str(made["UserPoolClient"]["ClientId"])
