"""Promise 5: no name, phone, e-mail or id of a client reaches a language model."""

import re
from collections.abc import Collection

from comeback.reactivation.names import pattern, short_forms, words_of

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LINK = re.compile(r"(?:https?://|www\.|t\.me/|wa\.me/)\S+", re.IGNORECASE)
HANDLE = re.compile(r"(?<!\w)@\w{3,}")
DIGITS = re.compile(r"\+?\d{5,}")
"""A phone, a card, an order, a passport; times, prices and dates are shorter."""
PHONE = re.compile(r"\+?\d(?:[\s()-]{0,3}\d){8,18}|\+?\d{1,3}(?:[.]\d{2,4}){3,4}")
"""Nine digits and more, spaced; dates and times have dots and colons between them."""
MASKS = (
    (EMAIL, "[email]"),
    (LINK, "[link]"),
    (HANDLE, "[handle]"),
    (DIGITS, "[number]"),
    (PHONE, "[phone]"),
)


def masked(text: str, client_name: str, public: Collection[str] = ()) -> str:
    """The client's words without what identifies them.

    `public`: names that may stay, such as the staff's; a client who shares one with a master still gets the master.
    """
    for what, mask in MASKS:
        text = what.sub(mask, text)
    known = {word for name in public for word in (*words_of(name), *short_forms(name))}
    for word in (*words_of(client_name), *short_forms(client_name)):
        if word not in known:
            text = pattern(word).sub("[name]", text)
    return text
