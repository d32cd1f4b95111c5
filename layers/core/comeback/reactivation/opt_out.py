"""A demand to stop writing, said plainly or between the lines, in Russian or English. No model is needed for it (promise 4).

Precision counts as much as recall: «стоп, а можно на 15:00?», «отпишусь вечером», "I'll stop by" are no opt-outs.
`text` everywhere: as `answer_words.simple` leaves it.
"""

import re

from comeback.reactivation.answer_words import POLITE, bare
from comeback.reactivation.misspelling import within_one_slip

WHOLE = frozenset(
    """стоп стоп стоп|стоп|стопните|stop|stop all|stopall|end|quit|stop it|stop now|stop please|unsubscribe|opt out|optout|spam
    |this is spam|it is spam|go away|отписка|отписаться|отпиши|отпишись|отпишите
    |прекращайте|прекращай|отпишитесь|отпись|не писать|не пиши|не пишите
    |спам|это спам|хватит|хватит уже|прекратите|прекрати|прекратить|перестаньте|отстаньте|достали|достали уже|задолбали
    |заблокирую|надоели|надоело|без рекламы|ыещз|cnjg|не беспокоить|dont message me|dont text me""".replace(
        "\n", ""
    ).split("|")
) - {""}
WHOLE = frozenset(" ".join(w.split()) for w in WHOLE)
FILLERS = re.compile(r"\b(?:а|ну|эй|уже|же|блин|да|please|just|oh)\b\s*")
BRACKETED = re.compile(rf"\s*,\s*(?:{POLITE.pattern})\s*,\s*")
MISSPELT = (
    "стоп",
    "stop",
    "отписаться",
    "отпишите",
    "отпишись",
    "отпишитесь",
    "отписка",
    "unsubscribe",
)
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
    rf"\b(?:не\s*(?:надо|нужн\w+)|не\s+(?:стоит|интересн\w+))\s+{SOME}{{0,3}}(?:{WRITE}|{MESSAGES})",
    rf"\b(?:{MESSAGES}|напоминани\w+)\s+{SOME}{{0,2}}не\s+(?:нужн\w+|надо|интересн\w+)",
    rf"\b(?:хватит|хорош|перестан\w+|прекра\w+|заканчивай\w*|кончай\w*|завязывай\w*|останови\w+)\s+{SOME}{{0,3}}"
    rf"(?:писать|{MESSAGES}|слать|присыл\w+|беспоко\w+|доставать)",
    r"\b(?:отпиш\w+|отп[иеы]?ш[иы]?те|отписать|отписывайте)\s+(?:\w+\s+)?(?:меня|м[ие]?ня|нас|номер|телефон|от\s)",
    r"\b(?:хочу|как|можно|прошу|надо|нужно|желаю|где|хотел\w* бы|дай(?:те)?|помогите)\s+(?:\w+\s+){0,3}?отписат\w+",
    r"\b(?:удали(?:те|ть)?|убер\w+|убрать|исключи\w*|вычеркн\w+|сотри\w*|забер(?:и|ите))\s+(?:\w+\s+){0,2}?(?:меня|нас|номер|телефон"
    r"|данные|контакт\w*)\b"
    r"(?!\s+(?:из|с|со)\s+(?:запис|вторник|сред|четверг|пятниц|суббот|понедельник|воскрес))",
    r"\b(?:отзыва\w+|не\s+давал\w*|не\s+да[юв]\w*|без)\s+(?:\w+\s+){0,2}(?:соглас\w+|разрешени\w+)"
    r"|\bсоглас\w+\s+(?:\w+\s+){0,3}отзыва\w+|\bпрекра\w+\s+(?:\w+\s+){0,2}обработк\w+|\bнапоминать\s+ни\s+о\s+чем",
    rf"\bне\s+(?:соглас\w+|соглашал\w+|разреша\w+)\s+{SOME}{{0,3}}(?:{MESSAGES}|писать)",
    r"\bне\s+подписывал\w*",
    rf"\b(?:отключи\w*|отмени\w*|откаж\w+ от|отказываюсь от|отказ от|никаких|без)\s+{SOME}{{0,2}}{MESSAGES}",
    rf"\bне\s+(?:хочу|желаю)\s+{SOME}{{0,5}}получать|\bне\s+(?:хочу|желаю)\s+{SOME}{{0,2}}{MESSAGES}|\bне\s+(?:хочу|желаю)\s+{SOME}{{0,3}}(?:видеть|читать)\s+{SOME}{{0,3}}{MESSAGES}",
    r"\bотстань\w*|\bотвали\w*|\bотвяж\w+|\bотъеб\w+|\bзадолбали\b|\bзаебали\b|\bзаколебали\b|\bдостали\s+(?:уже|сво|писать|спам|меня)",
    rf"\bнадоел\w*\s+(?:\w+\s+)?(?:{MESSAGES}|писать)|\bзаспамил\w*|\bспамите\b|\bспамеры\b",
    r"\bзаблокирую\b|\bзаблочу\b|\bзабаню\b|\b(?:в|вас)\s+(?:чс|бан|черный список)\b",
    r"\b(?:жалоб\w+|пожалуюсь)\b.*(?:спам|рассыл|сообщени|фас|роскомнадзор|прекрат)",
    rf"\bстоп\s+{SOME}?{MESSAGES}|^end\s+{TEXTS}|^(?:стоп|stop)\s*[!.]+\s*(?:больше|не\s|хватит|no\b|not\b|enough)[^?\d]*$",
    rf"\b(?:сним\w+|отзови\w*|исключ\w+|убер\w+|убрать|вычеркн\w+|удали(?:те|ть)?)\s+{SOME}{{0,2}}?(?:с|из|от)\s+{SOME}?{LIST}",
    r"\bномер\b.*\bудалите\b|\bотписываюсь\b|\bзабудьте\s+(?:мой\s+(?:номер|телефон)|обо\s+мне|меня)\b|\bн[еи]пи(?:ши|сать)\w*",
    rf"\bпротив\s+{SOME}{{0,2}}{MESSAGES}|\bпош(?:ел|ла|ли)\s+(?:вон|на|в)\b|\bид(?:и|ите)\s+(?:на|в|лесом)\s*(?:х|ж|лес|бан|$)",
    r"\bзапреща\w+\s+(?:\w+\s+){0,2}(?:номер|писать|данны)|\bнапишете\W+(?:\w+\s+)?пожалуюсь|\bбольше\s+не\s+приход\w+"
    r"|\bстоп\b.*\bбольше\s+не\s+(?:надо|нужно)\b",
    r"\b(?:otpishite|otpisat\w*|ne pishite|hvatit)\b",
)
NOT = r"(?<!don't )(?<!dont )(?<!do not )(?<!not )(?<!never )"
DAYS = "mon|tue|wed|thu|fri|sat|sun"
EN = (
    rf"(?<!don't )(?<!can't )(?<!never )(?<!dont )(?<!cant )\b(?:stop|quit)\s+(?:(?:w|with)\s+(?:the|these|this|your)\s+)?"
    rf"(?:{TEXTS}|messaging|sending|writing"
    rf"|contacting"
    rf"|bothering|emailing|harassing|these|this|all\b|the\s+{TEXTS}|your\s+{TEXTS})",
    r"[,.!;]\s*stop[\s.!]*$|\bno more of this\b|\bleave me out\b|\bsaid stop\b"
    r"|\bremove\s+(?:\w+\s+)?from\s+(?:\w+\s+)?list|\bblocked and reported\b|\bnot interested in receiving\b",
    r"(?<!don't )(?<!dont )(?<!do not )(?<!not )\bunsub\w+",
    r"\bopt(?:ing)?[\s-]?(?:me[\s-])?out\b",
    rf"{NOT}\btake\s+(?:me|my \w+)\s+off\b(?!\s+(?:of\s+)?(?:the\s+)?(?:{DAYS}))",
    r"\b(?:want|get\s+me|me)\s+off\s+(?:of\s+)?(?:this|the|your)\b|\bcease and desist\b",
    rf"{NOT}\b(?:remove|delete|erase)\s+(?:me\b|my\s+(?:number|data|contact\w*|phone|details|info\w*|name))"
    rf"(?!\s+from\s+(?:the\s+)?(?:booking|appointment|{DAYS}))",
    rf"\b(?:don'?t|do\s+not|never|please\s+not)\s+{SOME}{{0,2}}?(?:text|message|msg|contact|bother|write|email|send|spam)\b",
    rf"^no\s+{TEXTS}\b|\bno\s+more\s+{SOME}{{0,2}}{TEXTS}|\benough\s+(?:with|of)\s+{SOME}{{0,2}}{TEXTS}",
    rf"\b(?:don'?t|do\s+not|didn'?t)\s+want\s+{SOME}{{0,5}}(?:{TEXTS}|hear\s+from\s+you)",
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
WONDERING = re.compile(r"\b(?:почему|давно|чего|отчего|если|когда|why)\s+(?:\w+\s+){0,2}$")
NOT_UNSUBSCRIBING = re.compile(
    r"\bне\s+(?:хочу\s+|надо\s+|нужно\s+)?(?:меня\s+)?отпис\w+"
    r"|\b(?:don't|dont|do not|not|never) (?:unsub\w+|remove|delete|miss)\b"
    r"|лучше пишите"
)

ABOUT_MESSAGES = (
    r"сообщени(?:я|й|е|ями)|рассыл\w+|реклам\w+|спам\w*|смс\w*|sms|уведомлени\w+|пис(?:ать|ьм\w+|анин\w+)|пиш(?:ешь|ете|ите|и)"
    r"|сюда|напомина\w+|отпис\w+|подпис\w+|номер\w*|контакт\w*|данны[ех]|баз[аыуе]|соглас(?:ие|ия)|бот"
    rf"|{TEXTS}|writ(?:e|ing)|messag\w+|subscri\w*|contact\w*|number|lists?|bots?|consent"
)
REFUSING = (
    r"не|ни|нет|никак\w*|без|хватит|прекра\w+|перестан\w+|удал\w+|убер\w+|убрать|сотри\w*|сотрите|забер\w+|отзыва\w+|отзов\w+|стоп"
    r"|отключи\w*|достал\w*|надоел\w*|против|больше|stop\w*|no|not|don'?t|never|remove\w*|delete\w*|off|enough|withdraw\w*|quit|end"
)
HALF_TOLD = re.compile(
    rf"\b(?:{REFUSING})\b.*\b(?:{ABOUT_MESSAGES})\b|\b(?:{ABOUT_MESSAGES})\b.*\b(?:{REFUSING})\b"
    r"|\b(?:отпи[шс]\w*|отвян\w+|отцеп\w+|отстан\w+|хватит|прекра[тщ]\w+|перестан\w+|пожалуюсь|жалоб\w+|забудьте|запреща\w+"
    r"|unsub\w*|stop|blocked|reported|report\w*|mailing|receiving|harass\w+|no more|ненадо)\b|\bстоп\b.*\bне\s+(?:надо|нужно)\b"
)


def half_told(text: str) -> bool:
    """Whether a refusal and messages are spoken of in one breath, and nothing is asked: no demand that we know, but it may be
    one in words we do not."""
    spoken = NOT_UNSUBSCRIBING.sub(" ", text)
    return "?" not in spoken and bool(HALF_TOLD.search(spoken))


def is_opt_out(text: str) -> bool:
    whole = FILLERS.sub("", bare(text)).strip()
    if whole in WHOLE or _misspelt(whole) or (whole and set(whole.split()) <= WHOLE):
        return True
    spoken = NOT_UNSUBSCRIBING.sub(" ", BRACKETED.sub(" ", text))
    return any(
        not LIMITED.match(spoken[found.end() :]) and not WONDERING.search(spoken[: found.start()])
        for found in DEMAND.finditer(spoken)
    )


def _misspelt(word: str) -> bool:
    """One slip away from a word that alone means stop."""
    if " " in word or word in NOT_MISSPELT or len(word) < 4:
        return False
    return any(within_one_slip(word, right) for right in MISSPELT)
