"""What the README and the pages of docs/ name is there: whoever follows them finds it."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMED = re.compile(r"`([\w./-]*\w\.(?:py|md|ya?ml|toml|json))`")
ROOMS = ("functions", "infra", "layers", "tests", "docs")


@cache
def paths() -> tuple[str, ...]:
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.*")]
    found += [path for path in ROOT.iterdir() if path.is_file()]
    return tuple(f"/{path.relative_to(ROOT)}" for path in found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    named = set(NAMED.findall(page.read_text()))
    missing = sorted(name for name in named if not any(p.endswith(f"/{name}") for p in paths()))
    assert missing == [], f"{page.name} names what is not there"


def test_names_are_found() -> None:
    assert NAMED.findall("`a.py`, `keys` and `tests/b.py`") == ["a.py", "tests/b.py"]
