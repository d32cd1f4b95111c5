"""Writes a company's secrets: one document in Secrets Manager, changed only as it was read.

A new version is put beside the present one, and `AWSCURRENT` is moved from the version that was read: when somebody else was
first, Secrets Manager refuses, and the change is made anew. Values reach no log and no answer.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from comeback.decoding import decoded
from comeback.errors import Conflict, NotFound, Unavailable
from comeback.runtime.secrets import CompanySecrets, secret_name
from comeback.storage.races import until_won

Values = Mapping[str, str]
PENDING, CURRENT = "COMEBACK_PENDING", "AWSCURRENT"
"""A version that is not current needs a label, else it may be cleared away; the next change takes it over."""
LOST = ("InvalidParameterException", "ResourceExistsException")
ABSENT = "ResourceNotFoundException"


class SecretsManagerKeeper:
    def __init__(self, manager: Any, known: CompanySecrets) -> None:
        """`known`: what this process remembers of secrets; it is told of changes."""
        self._manager = manager
        self._known = known

    def read(self, company_id: str) -> Values:
        try:
            return self._current(company_id)[1]
        except NotFound:
            return {}

    def change(self, company_id: str, change: Callable[[Values], Values]) -> None:
        until_won(lambda: self._once(company_id, change))
        self._known.forget(company_id)

    def _once(self, company_id: str, change: Callable[[Values], Values]) -> None:
        name = secret_name(self._known.stage, company_id)
        try:
            version, before = self._current(company_id)
        except NotFound:
            first = json.dumps(dict(change({})))
            self._asked("create_secret", Name=name, SecretString=first)
            return
        after = dict(change(before))
        if after == before:
            return
        put = self._asked(
            "put_secret_value",
            SecretId=name,
            SecretString=json.dumps(after),
            VersionStages=[PENDING],
        )
        self._asked(
            "update_secret_version_stage",
            SecretId=name,
            VersionStage=CURRENT,
            MoveToVersionId=put["VersionId"],
            RemoveFromVersionId=version,
        )

    def _current(self, company_id: str) -> tuple[str, dict[str, str]]:
        """(version, values). Raises NotFound."""
        name = secret_name(self._known.stage, company_id)
        found = self._asked("get_secret_value", SecretId=name, VersionStage=CURRENT)
        try:
            return found["VersionId"], decoded(found["SecretString"], dict[str, str])
        except (KeyError, msgspec.MsgspecError):
            raise Unavailable("the company's secret is no JSON object of texts") from None

    def _asked(self, operation: str, **arguments: Any) -> Any:
        """No error goes on as a cause: botocore's may quote what was sent."""
        try:
            return getattr(self._manager, operation)(**arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
        except BotoCoreError as error:
            code = type(error).__name__
        if code == ABSENT:
            raise NotFound("no secret")
        raise Conflict(code) if code in LOST else Unavailable(f"Secrets Manager: {code}")
