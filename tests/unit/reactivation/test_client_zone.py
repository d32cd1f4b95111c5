from dataclasses import replace

import pytest
from comeback.clients.model import Client
from comeback.companies.model import BusinessType, Company
from comeback.reactivation.client_zone import client_zone

MOSCOW = Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY)


@pytest.mark.parametrize(
    ("phone", "on_file", "zone"),
    [
        ("", "", "Europe/Moscow"),
        ("+79161234567", "", "Europe/Moscow"),  # eleven zones: the company's
        ("+79161234567", "Asia/Vladivostok", "Asia/Vladivostok"),
        ("+37410123456", "", "Asia/Yerevan"),  # one zone
        ("+12025550123", "", "Europe/Moscow"),  # many zones
        ("no phone", "", "Europe/Moscow"),
        ("", "Mars/Olympus", "Europe/Moscow"),
    ],
)
def test_on_whose_clock(phone: str, on_file: str, zone: str) -> None:
    client = Client("salon", "anna", "Anna", phone=phone, time_zone=on_file)
    assert client_zone(client, MOSCOW).key == zone


def test_a_client_of_the_same_country_lives_where_the_company_is() -> None:
    yerevan = replace(MOSCOW, time_zone="Asia/Yerevan")
    assert client_zone(Client("salon", "a", "A", phone="+37410123456"), yerevan).key == (
        "Asia/Yerevan"
    )
