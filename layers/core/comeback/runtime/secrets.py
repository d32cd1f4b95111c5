"""A company's secrets: one JSON document in Secrets Manager, `comeback/<stage>/company/<company id>`.

Import-light on purpose: webhooks load it. Values never reach a log.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from comeback.errors import Unavailable
from comeback.runtime.aws import client

CACHE_SECONDS = 300.0
"""A rotated secret is seen after this long at the latest."""


def secret_name(stage: str, company_id: str) -> str:
    return f"comeback/{stage}/company/{company_id}"


@dataclass
class CompanySecrets:
    """Reads and caches. Keys are listed in the README under «Connect»."""

    stage: str
    monotonic: Callable[[], float] = time.monotonic
    _cached: dict[str, tuple[float, Mapping[str, str]]] = field(default_factory=dict)

    def get(self, company_id: str) -> Mapping[str, str]:
        """Empty for a company that has none. Raises Unavailable when Secrets Manager can not be asked."""
        known = self._cached.get(company_id)
        if known and self.monotonic() - known[0] < CACHE_SECONDS:
            return known[1]
        values = self._read(company_id)
        self._cached[company_id] = (self.monotonic(), values)
        return values

    def _read(self, company_id: str) -> Mapping[str, str]:
        try:
            answer = client("secretsmanager").get_secret_value(
                SecretId=secret_name(self.stage, company_id)
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return {}
            raise Unavailable(f"Secrets Manager: {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise Unavailable(f"Secrets Manager: {type(error).__name__}") from error
        parsed: dict[str, str] = json.loads(answer["SecretString"])
        return parsed
