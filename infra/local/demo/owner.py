"""The salon's owner: a phone among the phones, where reports and questions come, and whose buttons are pressed."""

from typing import Any

from comeback.conversations import links
from comeback.conversations.model import OWNER

from demo import salon
from demo.driver import Driver

CHAT = 777_000_001
NAME = "Владелица салона"


def connect(driver: Driver) -> None:
    """She opens her own signed link, as `make links` prints it."""
    person = {"id": OWNER, "name": NAME, "language": "ru", "telegram_user_id": CHAT, "held": True}
    driver.call("/world/people", {"people": [person]})
    driver.call("/world/telegram/users", {"users": [{"user_id": CHAT, "name": NAME}]})
    key = salon.SECRETS["telegram_webhook_secret"]
    payload = links.payload(salon.COMPANY_ID, OWNER, key)
    act(driver, do="start", payload=payload)
    driver.quiet()


def act(driver: Driver, **what: Any) -> Any:
    return driver.call("/world/telegram/act", {"bot": salon.BOT, "user_id": CHAT, **what})


def approves(driver: Driver) -> bool:
    """Presses «yes» on the latest question about empty chairs; False when there is none."""
    asked = [
        (bubble, button)
        for bubble in bubbles(driver)
        for button in bubble["buttons"]
        if button["id"].startswith("owner:chairs:") and button["id"].endswith(":yes")
    ]
    if not asked:
        return False
    bubble, button = asked[-1]
    act(driver, do="press", message_id=int(bubble["message_id"]), button_id=button["id"])
    driver.quiet()
    return True


def bubbles(driver: Driver) -> list[dict[str, Any]]:
    """What stands on her phone, oldest first."""
    found: list[dict[str, Any]] = driver.world.get(f"/phones/api/phones/{OWNER}").json()["thread"]
    return found


def last_report(driver: Driver) -> str:
    """The latest morning's, whole; empty when none has come."""
    said = [b["text"] for b in bubbles(driver) if not b["mine"] and "\n\n" in b["text"]]
    return said[-1] if said else ""
