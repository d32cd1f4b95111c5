"""Which model serves a company: Gemini where there is a key, none otherwise. The SDK loads with the first use."""

from collections.abc import Callable, Mapping

from comeback.companies.model import Company
from comeback.ports import LanguageModel

Secrets = Callable[[str], Mapping[str, str]]


class GeminiModels:
    """The Models port. `secrets`: company id → the company's secrets."""

    def __init__(self, secrets: Secrets, model: str, base_url: str, proxy_url: str) -> None:
        self._secrets = secrets
        self._model = model
        self._base_url = base_url
        self._proxy_url = proxy_url

    def model(self, company: Company) -> LanguageModel | None:
        """None for a company without a key: rules and templates serve it."""
        key = self._secrets(company.company_id).get("gemini_api_key")
        if not key:
            return None
        from comeback.ai.gemini import GeminiModel

        return GeminiModel(
            key, self._model, self._base_url, self._proxy_url, language=company.language
        )
