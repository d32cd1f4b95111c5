"""A demand to stop writing, said plainly or between the lines, in Russian or English. No model is needed for it (promise 4).

Precision counts as much as recall: «стоп, а можно на 15:00?», «отпишусь вечером», "I'll stop by" are no opt-outs.
`text` everywhere: as `answer_words.simple` leaves it.
"""

import re

from comeback.reactivation.answer_words import bare, simple
from comeback.reactivation.misspelling import within_one_slip

WHOLE = frozenset(
    """стоп стоп стоп|стоп|стопните|stop|stop all|stopall|end|quit|stop it|stop now|stop please|unsubscribe|opt out|optout|spam
    |this is spam|it is spam|go away|отписка|отписаться|отпиши|отпишись|отпишите|отпишитесь|отпись|не писать|не пиши|не пишите
    |спам|это спам|хватит|хватит уже|прекратите|прекрати|прекратить|перестаньте|отстаньте|достали|достали уже|задолбали
    |заблокирую|надоели|надоело|без рекламы|ыещз|cnjg|не беспокоить|dont message me|dont text me""".replace(
        "\n", ""
    ).split("|")
) - {""}
WHOLE = frozenset(" ".join(w.split()) for w in WHOLE)
MISSPELT = ("стоп", "stop", "отписаться", "отпишите", "отпишитесь", "отписка", "unsubscribe")
NOT_MISSPELT = frozenset(
    {"стол", "стой", "сто", "топ", "шоп", "стопа", "стопы", "shop", "step", "top", "stop by"}
)

WRITE = (
    r"(?:пиши|пеши|писать|присылай|присылать|шли|слать|отправляй|отправлять|беспокой|беспокоить|тревожь|тревожить"
    r"|спамь"
    r"|спамить|дергай|доставай|рассылай)(?:те)?"
)
MESSAGES = r"(?:сообщени\w+|рассыл\w+|реклам\w+|спам\w*|смс\w*|sms|уведомлени\w+|подписк\w+|предложени\w+|акци\w+)"
TEXTS = r"(?:messages?|texts?|texting|spam\w*|msgs?|notifications?|emails?|reminders?|offers?|ads|adverts|promos?)"
SOME = r"(?:[\w']+\s+)"
FILLER = r"(?:(?:мне|нам|меня|нас|больше|сюда|вообще|никогда|ничего|такое|это|уже|надо|нужно|стоит|смейте|пожалуйста|вы)\s+)"
LIST = r"(?:рассыл\w+|спис\w+|баз\w+|контакт\w+)"
RU = (
    rf"\b(?:не|ни|нe)\s+{FILLER}{{0,3}}?{WRITE}\b",
    r"\bчтоб\w*\s+(?:\w+\s+){0,3}?не\s+(?:писал|присылал|беспокоил|слал|тревожил)\w*",
    rf"\bне\s+(?:надо|нужн\w+|стоит|интересн\w+)\s+{SOME}{{0,3}}(?:{WRITE}|{MESSAGES})",
    rf"\b{MESSAGES}\s+{SOME}{{0,2}}не\s+(?:нужн\w+|надо|интересн\w+)",
    rf"\b(?:хватит|хорош|перестан\w+|прекра\w+|заканчивай\w*|кончай\w*|завязывай\w*|останови\w+)\s+{SOME}{{0,3}}"
    rf"(?:писать|{MESSAGES}|слать|присыл\w+|беспоко\w+|доставать)",
    r"\b(?:отпиш\w+|отп[иеы]?ш[иы]?те|отписать|отписывайте)\s+(?:\w+\s+)?(?:меня|нас|номер|телефон|от\s)",
    r"\b(?:хочу|как|можно|прошу|надо|нужно|желаю|где|хотел\w* бы)\s+(?:\w+\s+){0,3}?отписат\w+",
    r"\b(?:удали\w*|убер\w+|убрать|исключи\w*|вычеркн\w+|сотри\w*)\s+(?:\w+\s+){0,2}?(?:меня|нас|номер|телефон"
    r"|данные|контакт\w*)\b"
    r"(?!\s+(?:из|с|со)\s+(?:запис|вторник|сред|четверг|пятниц|суббот|понедельник|воскрес))",
    r"\b(?:отзыва\w+|не\s+давал\w*|не\s+да[юв]\w*|без)\s+(?:\w+\s+){0,2}соглас\w+",
    rf"\bне\s+(?:соглас\w+|соглашал\w+|разреша\w+)\s+{SOME}{{0,3}}(?:{MESSAGES}|писать)",
    r"\bне\s+подписывал\w*",
    rf"\b(?:отключи\w*|отмени\w*|откаж\w+ от|отказываюсь от|отказ от|никаких|без)\s+{SOME}{{0,2}}{MESSAGES}",
    rf"\bне\s+(?:хочу|желаю)\s+{SOME}{{0,3}}получать|\bне\s+(?:хочу|желаю)\s+{SOME}{{0,2}}{MESSAGES}|\bне\s+(?:хочу|желаю)\s+{SOME}{{0,3}}(?:видеть|читать)\s+{SOME}{{0,3}}{MESSAGES}",
    r"\bотстань\w*|\bотвали\w*|\bотвяж\w+|\bотъеб\w+|\bзадолбали\b|\bзаебали\b|\bзаколебали\b|\bдостали\s+(?:уже|сво|писать|спам|меня)",
    rf"\bнадоел\w*\s+(?:\w+\s+)?(?:{MESSAGES}|писать)|\bзаспамил\w*|\bспамите\b|\bспамеры\b",
    r"\bзаблокирую\b|\bзаблочу\b|\bзабаню\b|\b(?:в|вас)\s+(?:чс|бан|черный список)\b",
    r"\b(?:жалоб\w+|пожалуюсь)\b.*(?:спам|рассыл|сообщени|фас|роскомнадзор|прекрат)",
    rf"\bстоп\s+{SOME}?{MESSAGES}|^end\s+{TEXTS}|^(?:стоп|stop)\s*[!.]+\s*(?:больше|не\s|хватит|no\b|not\b|enough)[^?\d]*$",
    rf"\b(?:сним\w+|отзови\w*|исключ\w+|убер\w+|убрать|вычеркн\w+|удал\w+)\s+{SOME}{{0,2}}?(?:с|из|от)\s+{SOME}?{LIST}",
    r"\bномер\b.*\bудалите\b|\bотписываюсь\b|\bзабудьте\s+(?:мой\s+номер|обо\s+мне|меня)\b",
    rf"\bпротив\s+{SOME}{{0,2}}{MESSAGES}|\bпош(?:ел|ла|ли)\s+(?:вон|на|в)\b|\bид(?:и|ите)\s+(?:на|в|лесом)\s*(?:х|ж|лес|бан|$)",
    r"\b(?:otpishite|otpisat\w*|ne pishite|hvatit)\b",
)
EN = (
    rf"(?<!don't )(?<!can't )(?<!never )(?<!dont )(?<!cant )\b(?:stop|quit)\s+(?:{TEXTS}|messaging|sending|writing"
    rf"|contacting"
    rf"|bothering|emailing|harassing|these|this|all\b|the\s+{TEXTS}|your\s+{TEXTS})",
    r"[,.!;]\s*stop[\s.!]*$",
    r"(?<!don't )(?<!dont )(?<!do not )(?<!not )\bunsub\w+",
    r"\bopt(?:ing)?[\s-]?(?:me[\s-])?out\b",
    r"\btake\s+(?:me|my \w+)\s+off\b",
    r"\b(?:remove|delete|erase)\s+(?:me\b|my\s+(?:number|data|contact\w*|phone|details|info\w*|name))"
    r"(?!\s+from\s+(?:the\s+)?(?:booking|appointment|mon|tue|wed|thu|fri|sat|sun))",
    rf"\b(?:don'?t|do\s+not|never|please\s+not)\s+{SOME}{{0,2}}?(?:text|message|msg|contact|bother|write|email|send|spam)\b",
    rf"\bno\s+more\s+{SOME}{{0,2}}{TEXTS}|\benough\s+(?:with|of)\s+{SOME}{{0,2}}{TEXTS}",
    rf"\b(?:don'?t|do\s+not|didn'?t)\s+want\s+{SOME}{{0,3}}(?:{TEXTS}|hear\s+from\s+you)",
    r"\b(?:don'?t|do\s+not|no\s+longer)\s+(?:want|wish)\s+to\s+(?:get|receive)\s+(?:these|this|them|any|your"
    r"|messages|texts)"
    r"|\basked\s+(?:you\s+)?to\s+stop\b|\bbe\s+removed\b|\bspamming\b",
    r"\bleave\s+me\s+alone\b|\blose\s+my\s+number\b|\b(?:fuck|piss)\s+off\b|\bget\s+lost\b",
    r"\breport(?:ed|ing)?\b.*\bspam\b|\bblock(?:ing|ed)?\s+(?:you|this\s+number)\b",
    r"\b(?:didn'?t|did\s+not|never)\s+(?:sign(?:ed)?\s+up|subscribed?|agreed?)\b",
    rf"\bcancel\s+(?:my\s+|the\s+)?(?:subscription|{TEXTS})|\b(?:withdraw|revoke)\s+(?:my\s+)?consent",
)
DEMAND = re.compile("|".join((*RU, *EN)))
LIMITED = re.compile(
    r"^[^.!?\n]{0,24}?(?:\bдо\s|\bпосле\s+\d|\bпо\s+ночам|ночью|поздно|\bрано\b|\bсегодня|\bзавтра|\bпока\b"
    r"|на\s+этой\s+неделе"
    r"|\buntil\b|\btill\b|\bbefore\b|\bafter\b|at\s+night|\blate\b|\bearly\b|\btoday\b|\btomorrow\b|this\s+week)"
)
"""«Не пишите до понедельника», "don't text me after 9": when, not whether."""
WONDERING = re.compile(r"(?:почему|давно|чего|отчего|если|когда|why)\s+(?:\w+\s+){0,2}$")
NOT_UNSUBSCRIBING = re.compile(
    r"\bне\s+(?:хочу\s+|надо\s+|нужно\s+)?(?:меня\s+)?отпис\w+|\b(?:don't|dont|do not|not) unsub\w+|лучше пишите"
)


ABOUT_MESSAGES = re.compile(
    r"\b(?:сообщени(?:я|й|ями)|рассыл\w+|реклам\w+|спам\w*|смс\w*|sms|уведомлени\w+|пис(?:ать|ьм\w+|анин\w+)|пиш(?:ешь|ете|ите|и|ут)?"
    r"|бот\w*|контакт\w*|отпис\w+|подпис\w+|номер\w*|навязчив\w*|достал\w*|надоел\w*|хватит|прекра\w+|перестан\w+"
    rf"|отстан\w*|{TEXTS}|writ(?:e|ing)|messag\w+|unsub\w*|subscri\w*|contact\w*|number|list|bots?|stop|enough|annoying"
    r"|bother\w*)\b"
)
"""What a demand to stop is made of. Not one by itself: only together with a model that hears one (answers.py)."""


def about_messages(text: str) -> bool:
    """Whether writing and messages are spoken of, and no question is asked. `text` may be as the client wrote it."""
    spoken = NOT_UNSUBSCRIBING.sub(" ", simple(text))
    return "?" not in spoken and bool(ABOUT_MESSAGES.search(spoken))


def is_opt_out(text: str) -> bool:
    whole = bare(text)
    if whole in WHOLE or _misspelt(whole):
        return True
    spoken = NOT_UNSUBSCRIBING.sub(" ", text)
    return any(
        not LIMITED.match(spoken[found.end() :]) and not WONDERING.search(spoken[: found.start()])
        for found in DEMAND.finditer(spoken)
    )


def _misspelt(word: str) -> bool:
    """One slip away from a word that alone means stop."""
    if " " in word or word in NOT_MISSPELT or len(word) < 4:
        return False
    return any(within_one_slip(word, right) for right in MISSPELT)
