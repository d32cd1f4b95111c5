"""The plain ways to say stop. A whole message only: «стоп» opts out, «стоп, а можно на 15:00?» does not.

The subtler ways («не надо мне больше писать») are read by the dialogue. This list works when no model answers, and before
any model is asked: an opt-out must never depend on one (promise 4).
"""

import re

STOP = frozenset(
    {
        "stop", "stop all", "stopall", "unsubscribe", "unsubscribe me", "opt out", "optout", "remove me",
        "cancel subscription", "end", "quit", "stop messaging me", "stop texting me", "stop writing",
        "dont text me", "dont message me", "please stop", "please unsubscribe", "leave me alone", "no more messages",
        "стоп", "отписаться", "отписка", "отпишись", "отпишите", "отпишите меня", "отпишитесь", "не пишите",
        "не пишите мне", "не пишите больше", "не пишите мне больше", "больше не пишите", "больше мне не пишите",
        "не пиши", "не пишите сюда", "не беспокоить", "не беспокойте", "не беспокойте меня", "удалите меня",
        "удалите мой номер", "уберите меня из рассылки", "хватит", "хватит писать", "хватит мне писать",
        "прекратите", "прекратите рассылку", "прекратите писать", "отключите рассылку", "отмените рассылку",
        "спам", "это спам", "хватит спама", "отстаньте", "отвалите", "без рекламы",
    }
)  # fmt: skip
POLITE = "пожалуйста|плиз|please|pls|спасибо|thanks|thank you|здравствуйте|привет|hi|hello"
AROUND = re.compile(rf"^(?:(?:{POLITE}) )+|(?: (?:{POLITE}))+$")
REPEATED = re.compile(r"(.+?)(?: \1)+")


def is_stop(message: str) -> bool:
    """Whether the whole message, without punctuation, emoji, politeness and repetition, is one of STOP."""
    folded = re.sub("['’]", "", message.casefold().replace("ё", "е"))
    plain = " ".join(re.sub(r"[^\w\s]|_", " ", folded).split())
    bare = AROUND.sub("", plain)
    repeated = REPEATED.fullmatch(bare)
    return bool({plain, bare, repeated[1] if repeated else bare} & STOP)
