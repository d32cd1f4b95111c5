"""A stop is heard in plain words, and nothing else is taken for one."""

import pytest
from comeback.conversations.stop_words import STOP, is_stop

YES = """
STOP | stop | Stop! | stop. | STOP ALL | stopall | «Stop» | 🛑 stop 🛑 | Unsubscribe | unsubscribe me please
Please stop | stop please | Stop, thank you | Hi! Stop please, thanks | opt out | opt-out | Remove me | Quit | End.
Don't text me | Don’t message me | dont text me | stop messaging me | Stop texting me! | Leave me alone | No more messages
stop stop stop | Стоп | стоп | СТОП!!! | Стоп. Спасибо | стоп, пожалуйста | Здравствуйте, стоп | Пожалуйста, не пишите
не пишите мне больше | Больше не пишите! | Не пишите, пожалуйста, спасибо | Отпишите меня | отписаться | Отписка
Удалите меня | Удалите мой номер. | Хватит | хватит писать!! | хватит, хватит | Прекратите | прекратите рассылку 😡
это спам | СПАМ | Отстаньте | Не беспокойте | не беспокоить | Отмените рассылку | отключите рассылку, пожалуйста
Уберите меня из рассылки | Привет, отпишите меня, пожалуйста. Спасибо! | не пиши | no more messages, please
"""
NO = """
не останавливайтесь | Не останавливайтесь! | bus stop near you? | Is there a bus stop nearby? | don't stop | Don’t stop
стоп, а можно на 15:00? | стоп-линия | стопа болит | педикюр и стопы | хватит ли времени? | Двух часов хватит?
А часа хватит | на маникюр времени хватит | пишите | пишите ещё | Напишите мне завтра | не пишите вечером, лучше утром
не надо в 10, лучше в 12 | отмените запись | отменить запись | удалите запись на вторник | cancel my appointment
cancel | Отмена | нет | нет, спасибо | no | no, thanks | No thank you | yes | да | Да, пожалуйста | ок
Let's stop by at 3pm | I'll stop by tomorrow | when does it end? | end of the week | weekend | quit smoking first
stop at the corner? | nonstop | I can't stop thinking about that haircut | спасибо | Здравствуйте | привет | hi
thanks | please | 1 | 15:00 | завтра в 11 | не беспокойтесь, я приду | Не беспокойтесь | прекратите ли приём в мае?
спамите? | Больше не пишите стихи | удалите меня из записи на завтра | | 👍 | … | history end? | histop | whatsapp stop?
стоп игра началась | Без рекламы у вас хорошо | Хватит места на двоих? | оставьте меня у Ирины
"""


def phrases(table: str) -> list[str]:
    return [
        phrase.strip(" ") for line in table.strip("\n").split("\n") for phrase in line.split("|")
    ]


@pytest.mark.parametrize("message", phrases(YES))
def test_a_stop_is_heard(message: str) -> None:
    assert is_stop(message)


@pytest.mark.parametrize("message", phrases(NO))
def test_anything_else_is_no_stop(message: str) -> None:
    assert not is_stop(message)


def test_the_tables_are_not_small() -> None:
    assert min(len(phrases(YES)), len(phrases(NO))) >= 40


@pytest.mark.parametrize("message", sorted(STOP))
def test_every_listed_way_is_heard(message: str) -> None:
    assert is_stop(message)
    assert is_stop(f"{message.upper()}!")
