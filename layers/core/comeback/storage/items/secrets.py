"""What lies in the table of keys: each company's data key as KMS wrapped it, and each client's secret."""

from pynamodb.attributes import BinaryAttribute

from comeback.storage import keys
from comeback.storage.items.base import Item


class DataKeyItem(Item, discriminator="data_key"):
    """Worth nothing without KMS."""

    wrapped = BinaryAttribute(legacy_encoding=False)

    @classmethod
    def of(cls, company_id: str, wrapped: bytes) -> "DataKeyItem":
        return cls(*keys.data_key(company_id), wrapped=wrapped)


class SecretItem(Item, discriminator="secret"):
    """Without its secret it is a tombstone: the client was erased, and never gets a new one."""

    secret = BinaryAttribute(null=True, legacy_encoding=False)

    @classmethod
    def of(cls, company_id: str, client_id: str, secret: bytes | None) -> "SecretItem":
        return cls(*keys.secret(company_id, client_id), secret=secret)

    @property
    def client_id(self) -> str:
        return keys.client_of_secret(self.key)
