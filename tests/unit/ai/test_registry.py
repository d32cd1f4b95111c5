from comeback.ai.gemini import GeminiModel
from comeback.ai.registry import GeminiModels
from comeback.companies.model import BusinessType, Company

SALON = Company("salon", "Лотос", "Europe/Moscow", BusinessType.BEAUTY)


def test_a_company_without_a_key_has_no_model() -> None:
    assert GeminiModels(lambda _company: {}, "gemini-x").model(SALON) is None


def test_each_company_uses_its_own_key_and_clients_are_kept() -> None:
    keys = {"salon": {"gemini_api_key": "k1"}, "spa": {"gemini_api_key": "k2"}}
    models = GeminiModels(keys.__getitem__, "gemini-x", "http://127.0.0.1:1")
    first, again = models.model(SALON), models.model(SALON)
    other = models.model(Company("spa", "Spa", "Europe/Moscow", BusinessType.BEAUTY))
    assert isinstance(first, GeminiModel)
    assert isinstance(again, GeminiModel)
    assert isinstance(other, GeminiModel)
    assert first._connect(first._key) is again._connect(again._key)
    assert first._connect(first._key) is not other._connect(other._key)
