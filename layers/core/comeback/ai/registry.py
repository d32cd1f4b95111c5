"""Which company talks to which model: the Models port."""

from collections.abc import Callable, Mapping

from comeback.companies.model import Company
from comeback.ports import LanguageModel, Note

KEY, PROXY = "gemini_api_key", "gemini_proxy_url"
Secrets = Callable[[str], Mapping[str, str]]


class GeminiModels:
    """Each company pays with its own key; without one, rules and templates do the work."""

    def __init__(
        self,
        secrets: Secrets,
        model: str,
        base_url: str = "",
        proxy_url: str = "",
        used: Note | None = None,
        fresh: Secrets | None = None,
    ) -> None:
        """`secrets`: company id → its secret; `fresh`: the same, read again. Empty URLs: the SDK's own, no proxy; a company's
        own proxy goes before the stack's. `used` is told the tokens of every answer."""
        self._secrets = secrets
        self._fresh = fresh or secrets
        self._name = model
        self._base_url = base_url
        self._proxy_url = proxy_url
        self._used = used

    def model(self, company: Company) -> LanguageModel | None:
        known = self._secrets(company.company_id)
        key, own_proxy = known.get(KEY, ""), known.get(PROXY, "")
        if not key:
            return None
        from comeback.ai.gemini import GeminiModel  # 414 ms to import: only who has a key pays

        return GeminiModel(
            key,
            self._name,
            self._base_url,
            own_proxy or self._proxy_url,
            language=company.language,
            used=self._used,
            owners_proxy=bool(own_proxy),
            renewed=lambda: self._fresh(company.company_id).get(KEY, ""),
        )
