"""YCLIENTS' webhook body, as much of it as says what to read anew. Light: a webhook loads it."""

import msgspec

FOLLOWED = {
    "record": "record",
    "client": "client",
    "service": "service",
    "staff": "staff",
    "master": "staff",
}
"""Resource → what we call it: the settings of webhooks say master where the documentation says staff."""


class NoticeClient(msgspec.Struct):
    id: int = 0


class NoticeData(msgspec.Struct):
    last_change_date: str = ""
    client: NoticeClient | list[None] | None = None


class Notice(msgspec.Struct):
    company_id: int
    resource: str
    resource_id: int
    status: str
    """create, update or delete."""
    data: NoticeData | list[None] | None = None
    """An empty object comes as an empty list."""

    @property
    def detail(self) -> dict[str, str] | None:
        """None for what nobody follows. `key` is the event's natural key."""
        if self.resource not in FOLLOWED:
            return None
        data = self.data if isinstance(self.data, NoticeData) else NoticeData()
        parts = (self.company_id, self.resource, self.resource_id, self.status)
        detail = {
            "resource": FOLLOWED[self.resource],
            "id": str(self.resource_id),
            "status": self.status,
            "key": ":".join(map(str, (*parts, data.last_change_date))),
        }
        if isinstance(data.client, NoticeClient) and data.client.id:
            detail["client"] = str(data.client.id)
        return detail
