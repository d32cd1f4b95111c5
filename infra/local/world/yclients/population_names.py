"""Names, services and masters that a Russian salon may well have."""

import tomllib
from datetime import time
from pathlib import Path
from typing import NamedTuple


class Offer(NamedTuple):
    """`gap_days`: after how long people usually come again. `length` in minutes, `price` in roubles."""

    title: str
    title_category: str
    length: int
    price: int
    gap_days: float
    share: float
    """How many clients live by it, relative to others."""


OFFERS = (
    Offer("Женская стрижка", "Парикмахерские услуги", 60, 2500, 42, 3.0),
    Offer("Мужская стрижка", "Парикмахерские услуги", 45, 1600, 28, 2.5),
    Offer("Окрашивание волос", "Парикмахерские услуги", 150, 6500, 49, 1.5),
    Offer("Маникюр с покрытием", "Ногтевой сервис", 90, 2200, 23, 3.0),
    Offer("Педикюр", "Ногтевой сервис", 90, 2800, 33, 1.2),
    Offer("Массаж спины", "Массаж", 60, 2700, 17, 1.2),
)
WOMEN_ONLY = frozenset({0, 2})
MEN_ONLY = frozenset({1})


class Master(NamedTuple):
    """`rota`: (days on, days off); else `weekdays` at `hours`."""

    name: str
    specialization: str
    offers: tuple[int, ...]
    rota: tuple[int, int] | None
    weekdays: tuple[int, ...]
    hours: tuple[time, time]


DAY = (time(10), time(20))
LONG = (time(10), time(21))
MASTERS = (
    Master("Анна Соколова", "Стилист", (0, 2), None, (0, 1, 2, 3, 4), DAY),
    Master("Марина Орлова", "Стилист-колорист", (0, 2), (2, 2), (), LONG),
    Master("Сергей Громов", "Барбер", (1,), None, (1, 2, 3, 4, 5, 6), DAY),
    Master("Екатерина Белова", "Мастер маникюра", (3, 4), (2, 2), (), LONG),
    Master("Ольга Крылова", "Мастер маникюра и педикюра", (3, 4), None, (0, 1, 2, 4, 5), DAY),
    Master("Дмитрий Власов", "Массажист", (5,), None, (0, 2, 3, 5, 6), (time(11), time(21))),
)

NAMES = {
    kind: names.split()
    for kind, names in tomllib.loads(Path(__file__).with_name("names.toml").read_text()).items()
}
"""By kind: women_ru, men_ru, surnames_ru (men's), and the same for en."""
OPERATORS = ("903", "905", "909", "910", "915", "916", "917", "925", "926", "963", "985", "999")
