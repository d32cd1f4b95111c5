import pytest
from comeback.reactivation.names import best_match, given_name, mentioned
from comeback.reactivation.pseudonyms import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("мой номер +7 (916) 123-45-67", "мой номер [phone]"),
        ("8 916 123 45 67 звоните", "[phone] звоните"),
        ("89161234567", "[number]"),
        ("+44 20 7946 0958", "[phone]"),
        ("пишите a.ivanova+spam@mail.ru", "пишите [email]"),
        ("я @anna_iv, t.me/anna_iv", "я [handle], [link]"),
        ("карта 4276 3800 1234 5678", "карта [phone]"),
        ("24.11 в 11:00", "24.11 в 11:00"),
        ("24.11.2026 11-00 или 15 30", "24.11.2026 11-00 или 15 30"),
        ("давайте 2, это 1500 рублей?", "давайте 2, это 1500 рублей?"),
        ("Это Анна Иванова", "Это [name] [name]"),
        ("для Анны Ивановой и Ани", "для [name] [name] и [name]"),
        ("с ИВАНОВОЙ", "с [name]"),
        ("Аннушка пролила масло", "Аннушка пролила масло"),
    ],
)
def test_what_identifies_a_client_is_masked_and_the_rest_stays(text: str, expected: str) -> None:
    assert masked(text, "Иванова Анна") == expected


def test_a_masters_name_stays_though_the_client_shares_it() -> None:
    assert masked("я Анна, хочу к Анне", "Анна Иванова", ("Анна Котова",)) == "я Анна, хочу к Анне"
    assert masked("я Анна, хочу к Анне", "Анна Иванова") == "я [name], хочу к [name]"


@pytest.mark.parametrize(
    ("full", "given"),
    [
        ("Анна", "Анна"),
        ("анна", "Анна"),
        ("Иванова Анна Сергеевна", "Анна"),
        ("Иван Иванович Петров", "Иван"),
        ("Иванова Марина", "Марина"),
        ("Мамедова Гюнай", "Гюнай"),
        ("Анна-Мария", "Анна-Мария"),
        ("John Smith", "John"),
        ("клиент 5", ""),
        ("+79161234567", ""),
        ("Маша (должна 500)", ""),
        ("", ""),
    ],
)
def test_a_client_is_addressed_by_the_given_name_or_not_at_all(full: str, given: str) -> None:
    assert given_name(full) == given


@pytest.mark.parametrize("text", ["к Ольге", "с Ольгой", "Ольгу", "у ОЛЬГИ", "Ольга"])
def test_names_are_known_in_every_case(text: str) -> None:
    assert mentioned(text, "Ольга Петрова")


@pytest.mark.parametrize(
    ("said", "key"),
    [("к Оле", "1"), ("Марине", "2"), ("Петровой", "1"), ("Павлу", "3"), ("кому-нибудь", None)],
)
def test_who_is_meant_is_found_by_any_form_of_the_name(said: str, key: str | None) -> None:
    staff = {"1": "Ольга Петрова", "2": "Марина", "3": "Павел"}
    assert best_match(said, staff) == key
