"""A company's affairs with YCLIENTS: whether the tokens open it, and who is told of its changes."""

from collections.abc import Sequence

import msgspec

from comeback.crm.yclients_http import YclientsHttp
from comeback.crm.yclients_wire import ClientItem, ServiceItem
from comeback.errors import Unavailable, UnknownOutcome

RESOURCES = ("client", "record")
"""What we want to be told of."""


class Salon(msgspec.Struct):
    title: str = ""


class Hooks(msgspec.Struct):
    urls: list[str] = []


class YclientsAccount:
    def __init__(self, http: YclientsHttp, crm_company_id: str) -> None:
        self._http = http
        self._id = crm_company_id

    def title(self) -> str:
        return self._http.get(f"/company/{self._id}", Salon).data.title

    def services(self) -> int:
        found = self._http.get(f"/company/{self._id}/services", list[ServiceItem]).data
        return sum(1 for service in found if service.active)

    def clients(self) -> None:
        query = {"page": 1, "page_size": 1, "fields": ["id"]}
        self._http.search(f"/company/{self._id}/clients/search", list[ClientItem], query)

    def pointed(self) -> Sequence[str]:
        return self._http.get(f"/hooks_settings/{self._id}", Hooks).data.urls

    def point(self, urls: Sequence[str]) -> None:
        """Raises Unavailable for a lost answer: the same settings twice are the same."""
        told = {"urls": list(urls), "active": int(bool(urls)), **dict.fromkeys(RESOURCES, 1)}
        try:
            self._http.post(f"/hooks_settings/{self._id}", Hooks, told)
        except UnknownOutcome as error:
            raise Unavailable(str(error)) from error
