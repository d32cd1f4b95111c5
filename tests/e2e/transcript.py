"""What the world saw and sent, as its transcript tells."""

from typing import Any

from demo.driver import Driver


def entries(driver: Driver, kind: str, after: int = 0) -> list[dict[str, Any]]:
    """Of the world's transcript, of exactly this kind."""
    asked = {"kind": kind, "after": str(after)}
    found = driver.world.get("/world/transcript", params=asked).json()["entries"]
    return [e for e in found if e["kind"] == kind]
