"""What the world saw and sent, as its transcript tells."""

from typing import Any

from demo.driver import Driver

from tests.e2e.shop import Shop, buttons_of


def entries(driver: Driver, kind: str, after: int = 0) -> list[dict[str, Any]]:
    """Of the world's transcript, of exactly this kind."""
    asked = {"kind": kind, "after": str(after)}
    found = driver.world.get("/world/transcript", params=asked).json()["entries"]
    return [e for e in found if e["kind"] == kind]


def another_time(shop: Shop, offer: dict[str, Any]) -> dict[str, Any]:
    """Asked for by the offer's own button: on a slow machine simulated days may pass until somebody presses, and its times with
    them. Answers the message with the new times."""
    before = len(shop.messages())
    shop.press(offer, next(b for b in buttons_of(offer) if b.startswith("other:")))
    return shop.wait_for_messages(before + 1)[-1]


def last_slot(message: dict[str, Any]) -> str:
    """Its button."""
    return [b for b in buttons_of(message) if b.startswith("slot:")][-1]


def books_another_time(shop: Shop, offer: dict[str, Any]) -> None:
    choice = another_time(shop, offer)
    shop.press(choice, last_slot(choice))
