"""The real services behind the live checks; each adapter loads when it is asked for."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from comeback.connections.doors import BookDoor, ModelDoor, TelegramDoor, WhatsAppDoor
from comeback.ports import Limits
from comeback.runtime.settings import CrmSettings, GeminiSettings, MessengerSettings

if TYPE_CHECKING:
    from comeback.ports import Note

Values = Mapping[str, str]
SECONDS = 12.0
"""Of a model's whole call: the owner waits for it, and a first call opens connections."""


class RealDoors:
    def __init__(
        self,
        messengers: MessengerSettings,
        crm: CrmSettings,
        gemini: GeminiSettings,
        limits: Callable[[], Limits],
        used: "Note | None" = None,
    ) -> None:
        self._messengers = messengers
        self._crm = crm
        self._gemini = gemini
        self._limits = limits
        self._used = used

    def telegram(self, values: Values) -> TelegramDoor:
        from comeback.channels.telegram_account import TelegramAccount

        return TelegramAccount(values["telegram_token"], self._messengers.telegram_base_url)

    def whatsapp(self, values: Values) -> WhatsAppDoor:
        from comeback.channels.whatsapp_business import WhatsAppBusiness

        return WhatsAppBusiness(
            values["whatsapp_access_token"],
            values["whatsapp_phone_number_id"],
            values["whatsapp_waba_id"],
            self._messengers.whatsapp_base_url,
        )

    def book(self, values: Values, crm_company_id: str) -> BookDoor:
        """Without the company's circuit: a check is to find out whether it works by now."""
        from comeback.crm.yclients_account import YclientsAccount
        from comeback.crm.yclients_http import Tokens, YclientsHttp

        http = YclientsHttp(
            Tokens(values["yclients_partner_token"], values["yclients_user_token"]),
            self._limits(),
            self._crm.yclients_base_url,
            rates=(int(self._crm.yclients_per_second), int(self._crm.yclients_per_minute)),
        )
        return YclientsAccount(http, crm_company_id)

    def model(self, values: Values, language: str) -> ModelDoor:
        from comeback.ai.gemini import GeminiModel

        own = values.get("gemini_proxy_url", "")
        return GeminiModel(
            values["gemini_api_key"],
            self._gemini.gemini_model,
            self._gemini.gemini_base_url,
            own or self._gemini.gemini_proxy_url,
            timeout=SECONDS,
            language=language,
            used=self._used,
            owners_proxy=bool(own),
        )
