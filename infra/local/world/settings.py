"""What may be tuned: limits of the simulated services, and how webhooks are repeated."""

from dataclasses import dataclass


@dataclass
class Settings:
    """Rates are judged in real time, never in simulated time: a jump of the clock must not grant a burst.

    Seconds everywhere. Sources: shared/reference/external-apis.md, B1 and B2.
    """

    real_time: bool = False
    limits: bool = True
    """Whether rates are judged at all. Off, a demo may run faster than life."""
    webhook_retry_seconds: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    """Waits between tries of a webhook that was not answered with 2xx; the real services go on for hours."""
    webhook_timeout: float = 15.0
    webhook_concurrency: int = 16
    """Posts at a time, over all services; a laptop's cloud answers slowly."""
    reorder_wait: float = 2.0
    """A reordered webhook waits this long for another one to overtake it."""
    settle_timeout: float = 10.0
    telegram_chat_burst: int = 3
    telegram_chat_per_second: float = 1.0
    telegram_per_second: float = 30.0
    whatsapp_pair_burst: int = 45
    whatsapp_pair_seconds: float = 6.0
    """One message to the same user per so many seconds, beyond the burst."""
    whatsapp_per_second: float = 80.0
