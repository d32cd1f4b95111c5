"""Which adapter serves a company's messenger; adapters load only when used."""

from collections.abc import Callable, Mapping

from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind, OutboxMessage
from comeback.errors import NotFound, Refused
from comeback.ports import Channel, Sent

Secrets = Callable[[str], Mapping[str, str]]


class Messengers:
    """The Channels port. `secrets`: company id → the company's secrets; `fresh`: the same, read again."""

    def __init__(
        self, secrets: Secrets, fresh: Secrets, telegram_base_url: str, whatsapp_base_url: str
    ) -> None:
        self._secrets = secrets
        self._fresh = fresh
        self._telegram = telegram_base_url
        self._whatsapp = whatsapp_base_url

    def channel(self, company: Company, kind: ChannelKind) -> Channel:
        """Raises NotFound for a messenger that is not connected."""
        known = self._secrets(company.company_id)

        def renewed() -> Channel | None:
            now = self._fresh(company.company_id)
            return None if now == known else self._made(now, kind)

        return Renewing(self._made(known, kind), renewed)

    def _made(self, secrets: Mapping[str, str], kind: ChannelKind) -> Channel:
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


class Renewing:
    """A token may have been rotated since it was read: refused, it is read again, and a new one is tried once."""

    def __init__(self, channel: Channel, renewed: Callable[[], Channel | None]) -> None:
        """`renewed`: the same channel with what is in the secret now; None when that is what was refused."""
        self.kind = channel.kind
        self._channel = channel
        self._renewed = renewed

    def send(self, message: OutboxMessage) -> Sent:
        """A refusal is a definite no, so nothing can be sent twice by trying again."""
        try:
            return self._channel.send(message)
        except Refused:
            channel = self._renewed()
            if channel is None:
                raise
            return channel.send(message)
