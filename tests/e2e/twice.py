"""A second try for tests whose every call has a time-out of seconds: on two busy cores an answer may come too late by itself."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

Given = ParamSpec("Given")


def twice(test: Callable[Given, None]) -> Callable[Given, None]:
    """What is wrong in the code is wrong both times."""

    @wraps(test)
    def tried(*args: Given.args, **named: Given.kwargs) -> None:
        try:
            test(*args, **named)
        except (AssertionError, OSError):
            test(*args, **named)

    return tried
