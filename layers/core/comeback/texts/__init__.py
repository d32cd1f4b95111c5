"""What clients read, in their language: gettext catalogues beside this file, English in the code.

`text("ru", "See you at {when}", when=…)`. Babel reads the `.po` itself, so there is no compiled copy to forget.
"""

from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ru")


@cache
def catalogue(language: str) -> dict[str, str]:
    """English source → translation. Babel is imported here: whoever sends no text does not pay for it."""
    from babel.messages.pofile import read_po

    path = Path(__file__).parent / f"{language}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        found = read_po(file, locale=language)
    return {str(m.id): str(m.string) for m in found if m.id and m.string}


def text(language: str, message: str, **variables: str) -> str:
    """Translated where the catalogue has it, else English; `{name}` places filled."""
    return catalogue(supported(language)).get(message, message).format(**variables)


def supported(language: str) -> str:
    """The nearest language we speak: `ru-RU` → `ru`, anything unknown → `en`."""
    short = language[:2].lower()
    return short if short in LANGUAGES else "en"
