"""Which adapter serves a company's messenger; adapters load only when used."""

from collections.abc import Callable, Mapping

from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind
from comeback.errors import NotFound
from comeback.ports import Channel

Secrets = Callable[[str], Mapping[str, str]]


class Messengers:
    """The Channels port. `secrets`: company id → the company's secrets."""

    def __init__(self, secrets: Secrets, telegram_base_url: str, whatsapp_base_url: str) -> None:
        self._secrets = secrets
        self._telegram = telegram_base_url
        self._whatsapp = whatsapp_base_url

    def channel(self, company: Company, kind: ChannelKind) -> Channel:
        secrets = self._secrets(company.company_id)
        try:
            if kind is ChannelKind.TELEGRAM:
                from comeback.channels.telegram import TelegramChannel

                return TelegramChannel(secrets["telegram_token"], self._telegram)
            if kind is ChannelKind.WHATSAPP:
                from comeback.channels.whatsapp import WhatsAppChannel

                return WhatsAppChannel(
                    secrets["whatsapp_access_token"],
                    secrets["whatsapp_phone_number_id"],
                    self._whatsapp,
                )
        except KeyError as missing:
            raise NotFound(
                f"{kind.value} is not connected: secret {missing} is missing"
            ) from missing
        raise NotFound(f"{kind.value} has no adapter")
