"""On whose clock a client is written to."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from babel.core import get_global

from comeback.clients.model import Client
from comeback.companies.model import Company


def client_zone(client: Client, company: Company) -> ZoneInfo:
    """The zone on file; else the one of the phone's country where that has a single one; else the company's.

    A country with several zones tells nothing (a Russian mobile number may be anywhere from Kaliningrad to Kamchatka), and
    a client of a salon mostly lives where the salon is.
    """
    try:
        return ZoneInfo(client.time_zone or _by_phone(client.phone, company.time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return company.zone


@cache
def _by_phone(phone: str, home: str) -> str:
    zones = _zones_of(phone)
    return zones[0] if len(zones) == 1 and home not in zones else home


def _zones_of(phone: str) -> tuple[str, ...]:
    """Time zones of the country that an E.164 number belongs to (CLDR); none for no number."""
    try:
        country = phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return ()
    territories = get_global("zone_territories").items()
    return tuple(sorted(zone for zone, territory in territories if territory == country))
