"""The Files port in memory."""

from datetime import timedelta


class FakeFiles:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, str]] = {}
        """Key → body and media type."""

    def put(self, key: str, body: bytes, media: str) -> None:
        self.kept[key] = (body, media)

    def link(self, key: str, name: str, lasts: timedelta) -> str:
        assert key in self.kept, "a link to what is not there"
        return f"https://files/{key}?name={name}&seconds={lasts.total_seconds():.0f}"
