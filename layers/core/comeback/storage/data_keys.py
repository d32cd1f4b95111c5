"""Each company's data key: made once under the installation's KMS key, unwrapped once per process, then remembered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from comeback.errors import Conflict, RateLimited, Unavailable
from comeback.storage import keys, transaction
from comeback.storage.items.base import NEW
from comeback.storage.items.secrets import DataKeyItem
from comeback.storage.table import Put, Table

THROTTLED = frozenset({"ThrottlingException", "LimitExceededException", "RequestLimitExceeded"})
DOWN = frozenset({"KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException"})


class DataKeys:
    def __init__(self, table: Table, kms: Callable[[], Any], key_id: str) -> None:
        """`kms` makes the client when it is first needed; `key_id` is the KMS key's."""
        self._table = table
        self._kms = kms
        self._key_id = key_id
        self._known: dict[str, bytes] = {}

    def of(self, company_id: str) -> bytes:
        """Raises Unavailable and RateLimited, and botocore's own error where the role may not: a bug, and loud."""
        if company_id not in self._known:
            self._known[company_id] = self._found(company_id)
        return self._known[company_id]

    def _found(self, company_id: str) -> bytes:
        at = keys.data_key(company_id)
        item = self._table.get(DataKeyItem, at) or self._made(company_id)
        with _answering():
            answer = self._kms().decrypt(
                KeyId=self._key_id,
                CiphertextBlob=item.wrapped,
                EncryptionContext=_context(company_id),
            )
        plain: bytes = answer["Plaintext"]
        return plain

    def _made(self, company_id: str) -> DataKeyItem:
        """What is stored then, by whomever."""
        with _answering():
            answer = self._kms().generate_data_key_without_plaintext(
                KeyId=self._key_id,
                KeySpec="AES_256",
                EncryptionContext=_context(company_id),
            )
        item = DataKeyItem.of(company_id, answer["CiphertextBlob"])
        try:
            transaction.apply(self._table, [Put(item, NEW)])
        except Conflict:
            stored = self._table.get(DataKeyItem, item.key)
            if stored is None:
                raise
            return stored
        return item


def _context(company_id: str) -> dict[str, str]:
    """Stands in CloudTrail; one company's wrapped key does not open as another's."""
    return {"company": company_id}


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in THROTTLED:
            raise RateLimited("KMS throttles", retry_after=1) from error
        if code in DOWN:
            raise Unavailable("KMS does not answer") from error
        raise
    except BotoCoreError as error:
        raise Unavailable(f"KMS does not answer: {type(error).__name__}") from error
