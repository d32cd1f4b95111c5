"""What clients read is there in every language, with the same places to fill."""

import ast
import re
from pathlib import Path

import pytest
from comeback.texts import LANGUAGES, catalogue, counted, plurals, supported, text

ROOT = Path(__file__).parents[3]
ROOMS = ("layers/core/comeback", "functions/api")
SOURCES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))


def strings(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


def literals(path: Path) -> set[str]:
    """What is given to `text(language, "…")` as it stands."""
    calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    named = [
        c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "text" and len(c.args) > 1
    ]
    return {
        c.args[1].value
        for c in named
        if isinstance(c.args[1], ast.Constant) and isinstance(c.args[1].value, str)
    }


SAID = set().union(*map(strings, SOURCES))
FOREIGN = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", FOREIGN)
def test_every_literal_text_is_translated(language: str) -> None:
    needed = set().union(*map(literals, SOURCES))
    assert needed - catalogue(language).keys() == set()


@pytest.mark.parametrize("language", FOREIGN)
def test_no_translation_is_of_a_text_that_is_gone(language: str) -> None:
    assert catalogue(language).keys() - SAID == set()


@pytest.mark.parametrize("language", FOREIGN)
def test_places_to_fill_are_the_same(language: str) -> None:
    for source, translated in catalogue(language).items():
        assert sorted(re.findall(r"{\w+}", source)) == sorted(re.findall(r"{\w+}", translated))


@pytest.mark.parametrize("language", FOREIGN)
def test_every_plural_has_its_forms_and_is_of_a_text_that_is_said(language: str) -> None:
    for sources, forms in plurals(language).items():
        assert set(sources) <= SAID
        assert len(forms) == {"ru": 3}[language]
        assert all(re.findall(r"{\w+}", form) == ["{n}"] for form in (*sources, *forms))


def test_numbers_choose_their_form() -> None:
    hours = ("{n} hour", "{n} hours")
    told = [counted("ru", *hours, n) for n in (0, 1, 2, 5, 11, 21, 112, 1022)]
    assert told[:4] == ["0 часов", "1 час", "2 часа", "5 часов"]
    assert told[4:] == ["11 часов", "21 час", "112 часов", "1\N{NO-BREAK SPACE}022 часа"]
    assert [counted("de", *hours, n) for n in (1, 1022)] == ["1 hour", "1,022 hours"]


def test_languages() -> None:
    assert [supported(x) for x in ("ru-RU", "RU", "en_GB", "de", "")] == [
        "ru",
        "ru",
        "en",
        "en",
        "en",
    ]
    assert text("ru-RU", "Yes, do") == "Да, пишите"
    assert text("de", "Yes, do") == "Yes, do"
    assert text("en", "Have a good time! We will write to you after {day}.", day="8 May").endswith(
        "8 May."
    )
