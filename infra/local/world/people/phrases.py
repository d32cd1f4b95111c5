"""What simulated clients say: varied, with typos, emoji and slang, as people write."""

from collections.abc import Mapping
from datetime import date
from random import Random

PHRASES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ru": {
        "yes": (
            "Да, давайте {n}",
            "да",
            "Ок, {time} подходит 👍",
            "Запишите на {time} пожалуйста",
            "Давайте первый вариант",
            "ага, {time} норм",
            "Здравствуйте! Да, в {time} приду",
        ),
        "other_time": (
            "А попозже можно?",
            "Мне бы вечером, после 18",
            "неудобно, есть другое время?",
            "А в выходные есть что-нибудь?",
            "Можно другое время",
        ),
        "other_service": (
            "А можно вместо этого {service}?",
            "Мне бы лучше {service}",
            "Лучше {service}, если можно",
        ),
        "other_master": (
            "А {master} когда может?",
            "Хочу к другому мастеру, {master}",
            "Можно другого мастера? {master} например)",
        ),
        "away": (
            "Я в отпуске до {date}",
            "меня не будет до {date}, потом напишу",
            "Уехала, вернусь {date}",
        ),
        "already_booked": (
            "Я уже записана",
            "уже записался, спасибо",
            "Так я на следующей неделе уже записана к вам",
        ),
        "no": ("Нет, спасибо", "не сейчас", "Пока не надо", "спс, не актуально"),
        "question": ("А сколько стоит?", "У вас парковка есть?", "А скидка точно будет?"),
        "stop": ("Стоп", "Отпишите меня", "Не пишите мне больше", "хватит спама, отпишитесь"),
        "thanks": ("Спасибо!", "Супер, спасибо 🙏", "👍"),
    },
    "en": {
        "yes": (
            "Yes, {n} please",
            "yes",
            "Sure, {time} works 👍",
            "ok book me for {time}",
            "The first one please",
        ),
        "other_time": (
            "Anything later?",
            "Can I come in the evening, after 6pm?",
            "that doesn't work, another time?",
            "Do you have something on the weekend?",
        ),
        "other_service": ("Can I get {service} instead?", "I'd rather book {service}"),
        "other_master": ("Can I go to {master}?", "Only with {master} please"),
        "away": ("I'm away until {date}", "on vacation until {date}", "back on {date}"),
        "already_booked": ("I'm already booked", "already have an appointment, thanks"),
        "no": ("No, thanks", "not now", "maybe later"),
        "question": ("How much is it?", "Do you have parking?"),
        "stop": ("STOP", "Unsubscribe", "please stop messaging me"),
        "thanks": ("Thanks!", "Great, thank you 🙏", "👍"),
    },
}


MONTHS_RU = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
WITHOUT_FACTS = "other_time"
"""Said when someone would name a service or a master and none is known."""


def phrase(intent: str, language: str, rng: Random, facts: Mapping[str, str]) -> str:
    """One way to say it; phrases whose facts are unknown are not chosen."""
    known = {name for name, value in facts.items() if value}
    spoken = PHRASES.get(language, PHRASES["en"])
    options = [p for p in spoken[intent] if needs(p) <= known] or spoken[WITHOUT_FACTS]
    return rng.choice(options).format_map({**facts})


def needs(pattern: str) -> set[str]:
    return {part.split("}")[0] for part in pattern.split("{")[1:]}


def spoken_date(day: date, language: str) -> str:
    return f"{day.day} {MONTHS_RU[day.month - 1]}" if language == "ru" else f"{day:%B} {day.day}"
