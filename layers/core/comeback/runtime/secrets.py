"""A company's secrets: one JSON document in Secrets Manager, `comeback/<stage>/company/<company id>`.

Import-light on purpose: webhooks load it. Values never reach a log.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from comeback.companies.identity import is_company_id
from comeback.decoding import decoded
from comeback.errors import Unavailable
from comeback.runtime.aws import client

CACHE_SECONDS = 300.0
"""A rotated secret is seen after this long at the latest."""
UNKNOWN_SECONDS, UNKNOWN_KEPT = 30.0, 1000
"""Who has no secret is not asked for again at once, and no stream of made-up ids fills the memory."""
FRESH_SECONDS = 5.0
"""Between two readings of one company's secret that failed checks may cause: forgeries must not buy calls."""


def secret_name(stage: str, company_id: str) -> str:
    return f"comeback/{stage}/company/{company_id}"


@dataclass
class CompanySecrets:
    """Reads and caches. Keys are listed in the README under «Connect»."""

    stage: str
    monotonic: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, Mapping[str, str]]] = field(default_factory=dict)
    _unknown: dict[str, float] = field(default_factory=dict)

    def get(self, company_id: str) -> Mapping[str, str]:
        """Empty for a company that has none. Raises Unavailable when Secrets Manager can not be asked."""
        return self._no_older_than(CACHE_SECONDS, company_id)

    def fresh(self, company_id: str) -> Mapping[str, str]:
        """After a refusal: the secret may have been rotated since it was read. Raises Unavailable."""
        return self._no_older_than(FRESH_SECONDS, company_id)

    def forget(self, company_id: str) -> None:
        """This process has just changed it."""
        self._known.pop(company_id, None)
        self._unknown.pop(company_id, None)

    def _no_older_than(self, seconds: float, company_id: str) -> Mapping[str, str]:
        if not is_company_id(company_id):
            return {}  # whatever stands in a webhook's address costs no question
        now = self.monotonic()
        read_at, values = self._known.get(company_id, (-inf, {}))
        if now - read_at < seconds:
            return values
        if now - self._unknown.get(company_id, -inf) < UNKNOWN_SECONDS:
            return {}
        return self._keep(company_id, self._read(company_id), now)

    def _keep(self, company_id: str, values: Mapping[str, str], now: float) -> Mapping[str, str]:
        self._known.pop(company_id, None)
        self._unknown.pop(company_id, None)
        if values:
            self._known[company_id] = (now, values)
            return values
        self._unknown[company_id] = now
        if len(self._unknown) > UNKNOWN_KEPT:
            del self._unknown[next(iter(self._unknown))]
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
        try:
            return decoded(answer["SecretString"], dict[str, str])
        except (KeyError, msgspec.MsgspecError) as error:
            raise Unavailable("the company's secret is no JSON object of texts") from error
