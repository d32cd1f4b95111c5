"""A telephone number as people and CRMs write it, made into E.164; and the WhatsApp address it gives."""

from functools import cache

import phonenumbers
from babel.core import get_global

from comeback.companies.model import Company
from comeback.conversations.model import Address, ChannelKind


@cache
def region(time_zone: str) -> str | None:
    """The country of a time zone (CLDR), as the number's default country."""
    territory: str | None = get_global("zone_territories").get(time_zone)
    return territory


def e164(raw: str, company: Company) -> str:
    """Empty when this can be no number. National forms are read as of the company's country.

    CRMs leave out the plus («79161234567»), so digits that are no national number are tried with one.
    """
    digits = "".join(c for c in raw if c.isdigit())
    for written in (raw, f"+{digits}"):
        try:
            number = phonenumbers.parse(written, region(company.time_zone))
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""


def whatsapp(phone: str) -> tuple[Address, ...]:
    """The address of an E.164 number; none for a number that is not in use anywhere."""
    if not phone or not phonenumbers.is_valid_number(phonenumbers.parse(phone)):
        return ()
    return (Address(ChannelKind.WHATSAPP, phone.removeprefix("+")),)
