"""The words of reactivation messages: gettext catalogues under `locales/`, read by Babel as they are."""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from comeback.texts import supported

LOCALES = Path(__file__).parent / "locales"


def spoken(language: str, key: str, **variables: object) -> str:
    """Raises LookupError for a key the catalogue lacks: a client must never read one."""
    words = translations(supported(language)).gettext(key)
    if words == key:
        raise LookupError(f"no text {key} in {language}")
    return words.format(**variables)


def counted(language: str, key: str, n: int) -> str:
    """In the plural form the language asks for: «21 день», «22 дня», «25 дней»."""
    return translations(supported(language)).ngettext(key, key, n).format(n=n)


@cache
def translations(language: str) -> GNUTranslations:
    """Compiled in memory, so that no `.mo` can be forgotten. Babel is imported where a text is needed."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    path = LOCALES / language / "LC_MESSAGES" / "reactivation.po"
    with path.open("rb") as file:
        found = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, found)
    compiled.seek(0)
    return GNUTranslations(compiled)
