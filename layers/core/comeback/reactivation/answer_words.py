"""How clients answer, as patterns over simplified text. Russian and English side by side: people mix them."""

import re

from comeback.reactivation.calendar_words import MONTH, plain
from comeback.reactivation.misspelling import within_one_slip

POLITE = re.compile(
    r"\b(?:пожалуйста|пожайлуста|пожалуста|плиз|плз|пж|пжл|спасибо|спс|благодарю|здравствуйте|здрасте|привет"
    r"|добрый (?:день|вечер)"
    r"|доброе утро|извините|простите|уважаемые|please|plz|pls|thanks|thank you|thx|hi|hello|hey|sorry"
    r"|good (?:morning|evening))\b"
)
NOISE = re.compile(r"[^\w\s']|_")
LONG_DRAWN = re.compile(r"([^\W\d])\1{2,}")
IDIOMS = re.compile(
    r"\b(?:нет проблем|не вопрос|без проблем|не против|почему бы и нет|почему нет|no problem|no worries|why not)\b"
)
"""A «no» that says yes."""

YES_SIGNS = frozenset("👍👌✅✔💯🙌❤🔥+")
NO_SIGNS = frozenset("👎❌🚫🛑✋🙅")

ALREADY_BOOKED = re.compile(
    r"\bу\s+меня\s+стоит\b|\bбыл[аи]?\s+уже\b|\bзаписал\w*\s+(?:\w+\s+){0,2}?(?:уже|вчера)\b|\bя\s+же\s+(?:к\s+вам\s+)?(?:\w+\s+){0,2}иду\b"
    r"|\bтолько\s+что\s+от\s+вас|\bbooked\s+(?:\w+\s+){0,3}(?:last\s+night|yesterday|next\s+week|this\s+week)|\balready\s+sorted"
    r"|\bhave\s+one\s+booked|\bgot\s+my\s+\w+\s+(?:cut|done)\b"
    r"|\bуже\s+(?:\w+\s+){0,5}?(?:записа\w+|записывал\w+|забронир\w+|договорил\w+|был[аи]?\b|сходил\w*|ходил\w*"
    r"|сделал\w*|постриг\w+|подстриг\w+)"
    r"|\b(?:я|мы|же|и так)\s+(?:же\s+)?записан\w*|\bзаписан\w*\s+(?:уже|на|к)\b|\b(?:есть|имеется"
    r"|стоит)\s+(?:уже\s+)?запись|запись\s+(?:уже\s+)?есть"
    r"|\bпо\s+записи\b|\bя\s+записал\w+|\b(?:вчера|недавно|на\s+той\s+неделе|на\s+прошлой\s+неделе"
    r"|позавчера)\s+(?:\w+\s+){0,2}?был[аи]?\b"
    r"|\bбыл[аи]?\s+(?:\w+\s+){0,2}?(?:вчера|недавно|на\s+той\s+неделе|на\s+прошлой\s+неделе|позавчера)"
    r"|\balready\s+(?:\w+\s+){0,3}?(?:booked|scheduled|been|made|got|have|had)\b"
    r"|\bbooked\s+(?:\w+\s+){0,2}already|\bhave\s+an?\s+(?:appointment|booking)"
    r"|\bgot\s+an?\s+(?:appointment|booking)|\bi(?:'m| am)\s+booked\b|\bi\s+was\s+(?:there|in"
    r"|at your place)\s+(?:\w+\s+)?(?:last|yesterday|recently)"
)
ELSEWHERE = re.compile(
    r"друг\w+\s+(?:мест|салон|мастер|барбер)|подруг|дома\s+сам|elsewhere|somewhere\s+else|another\s+(?:place|salon)"
)

AWAY = re.compile(
    r"\bотпуск\w*|\bкомандировк\w*|\bменя\s+(?:\w+\s+)?не\s+будет|\bне\s+в\s+(?:городе|стране|москве|россии)"
    r"|\bнет\s+в\s+городе|\bза\s+границ\w+"
    r"|\bуехал\w*|\bуезжа\w+|\bулета\w+|\bулетел\w*|\bв\s+отъезде|\bв\s+поездке|\bотдыхаю|\bна\s+даче|\bна\s+море"
    r"|\bболе[юе]\w*|\b(?:за|при)болел\w*|\bбольнич\w+|\bв\s+больнице|\bпростыл\w*|\bрожаю|\bроддом\w*|\bдекрет\w*"
    r"|\bверн(?:усь|емся)|\bприеду\b|\bприедем\b|\bнапомн\w+\b(?!\s+адрес)(?=.*(?:через|после|в\s|ближе|к\s))"
    r"|\bближе\s+к\b"
    r"|(?<!не )\b(?:пиши|напиши|пишите|напишите|спросите|свяжитесь)\s+(?:мне\s+)?(?:через|после"
    r"|в(?!\s+(?:друг|вайбер|вотсап|ватсап|телег|личк|мессендж))|ближе|позже|к"
    r"|не\s+раньше)\b"
    r"|\bчерез\s+(?:\d+\s+)?(?:пару|недел\w+|месяц\w*|полгода|год|дн\w+)(?:.*напи\w+)?|\bпосле\s+(?:праздник\w+"
    r"|нового\s+года|нг|отпуска)"
    r"|\bбуду\s+(?:\w+\s+)?(?:после|через|не\s+раньше)\b|\bбуду\s+(?:только\s+)?в\s+(?:янв|фев|мар|апр|ма[ея]|июн"
    r"|июл|авг|сен|окт|ноя|дек)"
    r"|\bв\s+(?:январе|феврале|марте|апреле|мае|июне|июле|августе|сентябре|октябре|ноябре|декабре)\s+(?:на)?пиш"
    r"|\bне\s+пиш\w+\s+(?:\w+\s+)?до\b|\bдо\s+(?:весны|лета|осени|зимы)|\bбуду\s+только\b"
    r"|\bvacations?\b|\bon\s+holidays?\b|\bout\s+of\s+(?:town|the\s+country)|\baway\b(?!\s+from)|\btravel\w*"
    r"|\babroad\b|\bnot\s+in\s+(?:the\s+)?(?:country|town|city)"
    r"|\bmaternity\b|\bnot\s+until\b|\b(?:hit|catch|ping|try)\s+me\b(?=.*(?:after|in|next))|\bне\s+раньше\s+(?:янв|фев|мар|апр|ма[ея]|июн|июл|авг|сен|окт|ноя|дек)"
    r"|\bя\s+в\s+(?!среду|субботу|пятницу|четверг|понедельник|вторник|воскресенье|любое|обед)[^\W\d]+\s+до\b|\bсломал[аи]?\s"
    r"|\bsick\b|\bill\b|\bflu\b|\bin\s+hospital|\bback\s+(?:on|in|next|after|at\s+the\s+end)\b"
    r"|(?<!n't )(?<!dont )(?<!not )\b(?:text|ask|remind|message|write|try|contact)\s+(?:to\s+)?me\s+(?:again\s+"
    r"|back\s+)?(?:in|on|after|next|until|till)\b"
    r"|\bdon'?t\s+(?:message|text|write|contact)\s+(?:to\s+)?me\s+(?:until|till|before)\b"
)
CAME_BACK = re.compile(r"\bвернул\w+|\bприехал\w*|\bиз\s+отпуска|\bback\s+from\b|\bвыздоров\w+")

OTHER_MASTER = re.compile(
    r"\bдруг(?:ой|ому|ого|им|ие|их|ую)\s+(?:девочк|девушк|мастер|специалист|парикмахер|барбер|врач)\w*|\b(?:поменя\w+"
    r"|смени\w+)\s+мастера"
    r"|\b(?:different|another|other)\s+(?:master|stylist|barber|hairdresser|specialist|person|girl|guy)"
    r"|\bsomeone\s+(?:else|other|different)|\b(?:anyone|anybody|someone)\s+(?:but|except|other than)\b"
    r"|\bкого\s+угодно|\bкто\s+угодно"
)
INSTEAD = re.compile(
    r"вместо|лучше|хочу|хотел\w*|нужен|нужн\w+|мне\s+бы|можно|instead|rather|\bwant\b|can\s+i\s+(?:get|have)"
    r"|could\s+i|do\s+you\s+do"
)
OTHER_SERVICE = re.compile(
    r"\bдруг(?:ую|ой|ая)\s+услуг\w*|\bпокрас\w+|\bокраси\w+|another\s+service|different\s+service"
)

OTHER_TIME = re.compile(
    r"\bдруг(?:ое|ой|ие|ую|ого|им)\s+(?:врем|ден|дн|дат|час|числ|окош|вариант)\w*|\bеще\s+(?:\w+\s+)?(?:вариант"
    r"|окош|окн|врем|мест)\w*"
    r"|\bкакие\s+еще|\bне\s*удобн\w*|\bпо\s?-?позже\b|\bпозднее\b|\bпораньше\b|\bраньше\b|\bпозже\b|\bрано\b"
    r"|\bпоздно\b|\bэти\s+(?:дни|даты|время)|\bв\s+эти\s+дни"
    r"|\bв\s+это\s+время\b|\bперенес\w+|\bне\s+успева\w+|\bзанят\w*|\bработаю\b|\bучусь\b|\bвсе\s+занято"
    r"|\bследующ\w+\s+недел\w+|\bчерез\s+неделю"
    r"|\banother\s+(?:time|day|date)|\bother\s+(?:times?|days?|dates?|options?)|\bdifferent\s+(?:time|day|date)"
    r"|\blater\b|\bearlier\b|\breschedule"
    r"|\b(?:doesn'?t|don'?t|won'?t|not)\s+(?:work|suit|fit)|\bnone\s+of\s+(?:these|those|them)|\bcan'?t\s+(?:make"
    r"|do|come)\b|\banything\s+(?:else|later|earlier|after|before)"
    r"|\bnext\s+week|\bsuit\s+me\s+better|\bне\s+подход\w+|\bне\s+подойд\w+|\bне\s+устра\w+"
)
OTHER_HOUR = re.compile(r"\b(?:пораньше|попозже|earlier|later than|но\s+позже|но\s+раньше)\b")
"""Of the day that was offered, another hour."""
BY_MONTH = re.compile(rf"\b(?:на|в|in|for)\s+(?:{MONTH})\b")
WILL_WRITE = re.compile(
    r"\bотпишусь\b|\bнапишу\b|\bпосмотрю\b|\bуточню\b|\bузнаю\b|\blet\s+(?:you\s+know|me\s+(?:check|think|see))"
    r"|\bget\s+back\s+to\b"
)
CANCELS = re.compile(r"(?<!не )\bотмен\w+|\bудалите\s+мою\s+запись|(?<!n't )(?<!not )\bcancel\b")
TIME_FIRST = re.compile(r"\bотпиш\w+\b.*(?:времен|есть\s+ли)")

QUESTION = re.compile(
    r"\bсколько\b|\bцен[аыуе]\b|\bстоимост\w*|\bпочем\b|\bпарковк\w*|\bадрес\w*|\bгде\b|\bкто\b|\bкак\s+(?:добрат"
    r"|доех|пройт|оплат)\w*|\bдо\s+скольки"
    r"|\bчто\s+(?:входит|такое|за)\b|\bвходит\b|\bскидк\w+\s+(?:точно|будет|действ|еще)|\bс\s+учетом|\bоплат\w+"
    r"|\bкартой\b|\bс\s+ребенком|\bхватит\s+ли"
    r"|\bhow\s+(?:much|long|many|do\s+i\s+(?:get|pay|find))|\bprice|\bcost\b|\bparking|\baddress|\bwhere\b"
    r"|\bwho\b|\bwhat\s+time\s+do\s+you|\bdiscount\b.*\?"
    r"|\bdo\s+you\s+(?:take|accept|still|have\s+parking)|\bcan\s+i\s+bring\b|\bwhich\s+(?:branch|place|address)|\bхватит\s+\d"
)
MAYBE_LATER = re.compile(
    r"\bне\s+в\s+этот\s+раз|\bnot\s+this\s+time|\bвоздержусь\b|\b(?:в|как)\s+друго[йе]\s+раз|\bкак-?нибудь\s+(?:потом|в\s+другой|позже|сам\w*|загляну|зайду|запишусь)|\bпотом\b|\bсам[аи]?\s+(?:напишу|запишусь|позвоню)"
    r"|\bmaybe\s+later|\bsome\s+other\s+time|\bi'?ll\s+book\s+(?:it\s+)?myself"
    r"|\b(?:не|not)\s+(?:сегодня|сейчас|now|today|at\s+the\s+moment|right\s+now)\b"
)
NO = re.compile(
    r"^\W*(?:не+т\b|не+\b(?=\s*[,.!]|\s*$)|неа\b|нее\b|no+\b|nope\b|nah\b|пас\b)|\bнет\b(?!\s+(?:ли|вопрос))"
    r"|\bне\s+(?:надо|нужн\w+|хочу|интерес\w*|планиру\w+|смогу|могу|актуальн\w*"
    r"|собира\w+|буду|получ\w+|требуется)|\bнеинтересн\w*|\bнеактуальн\w*|\bпока\s+(?:не\b|нет|никак)|\bникогда\b"
    r"|\bни\s+за\s+что|\bдорого\b|\bденег\b|\bоткаж\w+|\bотказ\w*|\bне\s+до\s+\w+"
    r"|\bне\s+до\s+(?:этого|того|стри\w+|вас)|\bобойдусь|\bпередума\w+|\bотращива\w+|\bпереехал\w*|\bхожу\s+(?:в|к)\b|\bстригусь\b|\bнет\s+необходимости"
    r"|\bне\s+потян\w+|\bфинансов\w+|\bмимо\b|\bналысо\b|\bнаш(?:ел|ла|ли)\s+(?:мастера|друг|ближе|себе)|\bсами\s+стригитесь"
    r"|\bага\W+(?:бегу|разбеж|щас|сейчас|конечно)|\bволосы\s+назад|\bcan'?t\s+afford|\bbroke\b|\bfound\s+(?:someone|somewhere|another)"
    r"|\boh\s+sure\b"
    r"|\bподумаю\b|\bщас+\b|\bбегу\s+и\s+падаю|\bза\s+такие\s+деньги"
    r"|\bno\s+(?:need|thank|thanks|interest)|\bnot\s+(?:interested|needed|really|for\s+me)|\bi'?m\s+good\b"
    r"|\bi'?ll\s+pass\b|\bpass\b|\bmoved\s+(?:to|away)|\bsomewhere\s+else"
    r"|\bexpensive\b|\btoo\s+far\b|\byeah\s+right\b|\bnever\b(?!\s+(?:been|miss|had))|\bdon'?t\s+(?:need|want)\b|\bno\b\s*$"
)
YES = re.compile(
    r"^\W*(?:ну\s+|ой\s+|так\s+)*(?:да+\b|ага\b|угу\b|ок\b|окей\b|окай\b|ok\b|okay\b|k\b|хорошо\b|ладно\b|давай\w*|конечно|можно\s*$"
    r"|согласн\w*|yes\b|yep\b|yup\b|yeah\b|sure\b|fine\b|great\b|perfect\b"
    r"|definitely|absolutely|го\b|погнали|отлично\b|супер\b|хочу\s*\W*$|с\s+удовольствием|беру\b)|\bзапиш\w+|\bзаброниру\w+|\bбронир\w+"
    r"|\bзаписыва\w+|\bзаписаться\b|\bподход[ия]т\b|\bподойд[её]т\b|\bпойд[её]т\b|\bприду\b"
    r"|\bпридем\b|\bбуду\b|\bберу\b|\bдавайте\b|\bсогласн\w*|\bустро?ит\b|\bустраивает\b|\bустроит\b|\bнорм\w*"
    r"|\bсамое\s+то\b|\bконечно\b|\bbook\s+(?:me|it)|\bsounds\s+good|\bworks\b|\bsee\s+you"
    r"|\bcount\s+me\s+in|\blet'?s\s+do\b|\bi'?ll\s+(?:take|come|be\s+there)|\bthat\s+works|\bда\s*$|\byes\s*$"
)
ANY_SLOT = re.compile(
    r"\bлюб(?:ое|ой|ая|ую)\b|\bбез\s+разницы|\bна\s+ваше\s+усмотрение|\bвсе\s+равно|\bany\s+(?:time|of)"
    r"|\bwhichever|\byou\s+pick|\bany\b\s*\w*\s*(?:is|works)"
)
WAIT = re.compile(r"\b(?:one|a|just\s+a)\s+sec(?:ond)?\b")


WEEKDAYS = (
    *(
        "понедельник",
        "вторник",
        "среду",
        "четверг",
        "пятницу",
        "пятница",
        "субботу",
        "суббота",
        "воскресенье",
    ),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)


def simple(text: str) -> str:
    """Plain (calendar_words), drawn-out letters shortened, misspelt weekdays mended, idioms of consent as «да»."""
    short = LONG_DRAWN.sub(r"\1", plain(text))
    mended = re.sub(r"[^\W\d_]{5,}", lambda word: _weekday(word[0]), short)
    return IDIOMS.sub("да", mended).strip()


def _weekday(word: str) -> str:
    near = [day for day in WEEKDAYS if within_one_slip(word, day)]
    return near[0] if near and word not in ("среди", "среда", "среды", "среде") else word


def bare(text: str) -> str:
    """Words alone: no punctuation, emoji or politeness."""
    return " ".join(POLITE.sub(" ", NOISE.sub(" ", text).replace("'", "")).split())
