"""Which adapter keeps a company's book; httpx loads only when a company has YCLIENTS."""

from collections.abc import Callable, Mapping

from comeback.companies.model import Company, CrmKind
from comeback.crm.native import NativeBook
from comeback.errors import NotFound
from comeback.ports import Calendar, Clock, Crm, Limits, Store

Secrets = Callable[[str], Mapping[str, str]]


class CrmRegistry:
    """The Crms port. `base_url`, `rates` (calls a second, a minute): YCLIENTS'. `secrets`: company id → the company's secrets;
    `fresh`: the same, read again. `search_seconds`: what the searches in one company's book may take together; None: what a
    function of half a minute has for them."""

    def __init__(
        self,
        base_url: str,
        secrets: Secrets,
        limits: Limits,
        calendar: Calendar,
        store: Store,
        clock: Clock,
        rates: tuple[int, int] = (5, 200),
        fresh: Secrets | None = None,
        search_seconds: float | None = None,
    ) -> None:
        self._base_url = base_url
        self._secrets = secrets
        self._limits = limits
        self._calendar = calendar
        self._store = store
        self._clock = clock
        self._rates = rates
        self._fresh = fresh or secrets
        self._search_seconds = search_seconds

    def crm(self, company: Company) -> Crm:
        """Raises NotFound when the company's CRM is not connected."""
        if company.crm is CrmKind.NATIVE:
            return NativeBook(self._store, self._calendar, self._clock, company)
        from comeback.crm.yclients import SEARCH_SECONDS, Yclients
        from comeback.crm.yclients_http import Tokens, YclientsHttp

        def tokens(secrets: Mapping[str, str]) -> Tokens:
            try:
                return Tokens(secrets["yclients_partner_token"], secrets["yclients_user_token"])
            except KeyError as missing:
                words = f"YCLIENTS is not connected: secret {missing} is missing"
                raise NotFound(words) from missing

        http = YclientsHttp(
            tokens(self._secrets(company.company_id)),
            self._limits,
            self._base_url,
            rates=self._rates,
            circuit=company.company_id,
            renewed=lambda: tokens(self._fresh(company.company_id)),
        )
        return Yclients(http, company, self._search_seconds or SEARCH_SECONDS)
