"""The picture of the phones for the README."""

import struct
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cloud.places import WORLD_PORT
from demo.screenshots import take_phones

from tests.adapters.world.phone_owners import OLGA, Business

LARGEST = 250_000


def test_three_phones_fit_a_small_picture(
    business: Business, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    business.meet({**OLGA, "id": "third", "name": "Анна", "telegram_user_id": 1003})
    business.telegram()
    business.telegram(to=1003)
    business.whatsapp()
    monkeypatch.setenv(WORLD_PORT, str(urlsplit(business.server.url).port))
    path = tmp_path / "docs" / "phones.png"
    take_phones(path)
    picture = path.read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (1360, 900)
    assert len(picture) < LARGEST
