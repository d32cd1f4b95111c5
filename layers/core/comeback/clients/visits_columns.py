"""Which column of a visits file is which, by its header in Russian or English."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from comeback.errors import InvalidInput

ALIASES: Mapping[str, tuple[str, ...]] = {
    "client_id": (
        "client id", "customer id", "id клиента", "код клиента", "клиент id", "id client", "user id", "номер карты",
    ),
    "client": (
        "client", "клиент", "имя", "имя клиента", "фио", "фио клиента", "name", "client name", "full name", "customer",
        "customer name", "гость", "покупатель", "заказчик", "пациент",
    ),
    "phone": (
        "phone", "телефон", "тел", "телефон клиента", "номер телефона", "мобильный", "мобильный телефон", "mobile",
        "phone number", "client phone",
    ),
    "date": (
        "date", "дата", "дата визита", "дата посещения", "дата приема", "дата и время", "дата время", "дата записи",
        "visit date", "datetime", "date time", "start", "начало",
    ),
    "time": ("time", "время", "время визита", "start time"),
    "service": (
        "service", "услуга", "услуги", "наименование услуги", "service name", "товар услуга", "работа", "вид работ",
        "процедура", "product",
    ),
    "staff": (
        "staff", "мастер", "сотрудник", "специалист", "исполнитель", "master", "specialist", "employee", "врач",
        "стилист", "stylist", "barber", "барбер", "парикмахер",
    ),
    "amount": (
        "amount", "сумма", "стоимость", "цена", "итого", "оплачено", "оплата", "сумма оплаты", "к оплате", "price",
        "total", "cost", "sum",
    ),
    "currency": ("currency", "валюта"),
    "status": ("status", "статус", "статус визита", "статус записи"),
}  # fmt: skip
"""Headers as `_plain` makes them."""

CURRENCIES: Mapping[str, str] = {
    "₽": "RUB", "руб": "RUB", "рублей": "RUB", "р": "RUB", "rub": "RUB", "rur": "RUB",
    "$": "USD", "usd": "USD", "€": "EUR", "eur": "EUR", "евро": "EUR", "£": "GBP", "gbp": "GBP",
    "₸": "KZT", "тг": "KZT", "тенге": "KZT", "kzt": "KZT", "byn": "BYN", "бел руб": "BYN",
    "₴": "UAH", "грн": "UAH", "uah": "UAH", "uzs": "UZS", "сум": "UZS", "gel": "GEL", "amd": "AMD", "aed": "AED",
    "kgs": "KGS", "сом": "KGS", "azn": "AZN", "jpy": "JPY", "chf": "CHF", "pln": "PLN", "try": "TRY",
}  # fmt: skip


@dataclass(frozen=True)
class Columns:
    at: Mapping[str, int]
    """Field → its place in a row."""
    width: int
    currency: str = ""
    """From the amount's header: `amount_usd`, «Сумма, руб.»."""
    ignored: tuple[str, ...] = ()

    def value(self, row: Sequence[str], field: str) -> str:
        place = self.at.get(field)
        return row[place].strip() if place is not None and place < len(row) else ""


def columns(header: Sequence[str]) -> Columns:
    """Raises InvalidInput naming the column that is missing."""
    at: dict[str, int] = {}
    ignored: list[str] = []
    currency = ""
    for place, title in enumerate(header):
        field, told = _field(title)
        if field and field not in at:
            at[field] = place
            currency = told or currency
        elif title.strip():
            ignored.append(title.strip())
    _require(at, ("client_id", "client", "phone"), "client")
    _require(at, ("date",), "date")
    return Columns(at, len(header), currency, tuple(ignored))


def currency_of(text: str) -> str:
    """ISO code of a currency's sign, short name or code; empty for anything else."""
    return CURRENCIES.get(_plain(text), "")


def _field(title: str) -> tuple[str, str]:
    plain = _plain(title)
    for field, names in ALIASES.items():
        if plain in names:
            return field, ""
    words = plain.split()
    for cut in range(len(words) - 1, 0, -1):
        base, told = " ".join(words[:cut]), CURRENCIES.get(" ".join(words[cut:]), "")
        if told and base in ALIASES["amount"]:
            return "amount", told
    return "", ""


def _plain(title: str) -> str:
    """`Amount_USD` → `amount usd`, «Сумма (руб.)» → «сумма руб»."""
    words = re.sub(r"[^\w₽$€£₸₴]+|_", " ", title.casefold().replace("ё", "е"))
    return " ".join(words.split())


def _require(at: Mapping[str, int], any_of: Sequence[str], field: str) -> None:
    if not any(name in at for name in any_of):
        names = ", ".join(name for wanted in any_of for name in ALIASES[wanted][:3])
        raise InvalidInput(
            field, "no column tells it", f"Name one column of the first row one of: {names}"
        )
