"""What clients and owners read, in their language: gettext catalogues beside this file, English in the code.

`text("ru", "See you at {when}", when=…)`. Babel reads the `.po` itself, so there is no compiled copy to forget.
"""

from functools import cache
from gettext import c2py
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LANGUAGES = ("en", "ru")


@cache
def catalogue(language: str) -> dict[str, str]:
    """English source → translation, of texts without a number."""
    found = (m for m in _read(language) if m.id and isinstance(m.id, str))
    return {str(m.id): str(m.string) for m in found if m.string}


@cache
def plurals(language: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """English one and many → a form for every plural of the language."""
    found = [m for m in _read(language) if not isinstance(m.id, str)]
    return {(str(m.id[0]), str(m.id[1])): tuple(map(str, m.string or ())) for m in found}


def text(language: str, message: str, **variables: str) -> str:
    """Translated where the catalogue has it, else English; `{name}` places filled."""
    return catalogue(supported(language)).get(message, message).format(**variables)


def counted(language: str, one: str, many: str, n: int) -> str:
    """In the plural form the language asks for, `{n}` filled: «21 день», «1 022 дня», «25 дней»."""
    from babel.numbers import format_decimal

    known = supported(language)
    forms = plurals(known).get((one, many), (one, many))
    form = c2py(_read(known).plural_expr)(n)
    return forms[form].format(n=format_decimal(n, locale=known))


def supported(language: str) -> str:
    """The nearest language we speak: `ru-RU` → `ru`, anything unknown → `en`."""
    short = language[:2].lower()
    return short if short in LANGUAGES else "en"


@cache
def _read(language: str) -> "Catalog":
    """Babel is imported here: whoever sends no text does not pay for it."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    path = Path(__file__).parent / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)
