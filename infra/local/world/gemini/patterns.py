"""How people say what they mean; the words themselves are in patterns.toml."""

import re
import tomllib
from pathlib import Path

_WORDS = tomllib.loads(Path(__file__).with_name("patterns.toml").read_text())


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(_WORDS[name]))


STOP = _pattern("stop")
ALREADY = _pattern("already")
AWAY = _pattern("away")
OTHER_MASTER = _pattern("other_master")
OTHER_SERVICE = _pattern("other_service")
OTHER_TIME = _pattern("other_time")
QUESTION = _pattern("question")
NO = _pattern("no")
PLAIN_NO = _pattern("plain_no")
"""Refusals that no other word in the answer takes back."""
YES = _pattern("yes")
