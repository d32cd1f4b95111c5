"""What the README and the pages of docs/ name is there: whoever follows them finds it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMED = re.compile(r"`([\w./-]*\w\.(?:py|md|ya?ml|toml|json))`")
ROOMS = ("functions", "infra", "layers", "tests", "docs")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    known = [path for room in ROOMS for path in (ROOT / room).rglob("*.*")]
    known += [path for path in ROOT.iterdir() if path.is_file()]
    ends = tuple(f"/{path.relative_to(ROOT)}" for path in known)
    named = set(NAMED.findall(page.read_text()))
    missing = sorted(name for name in named if not any(e.endswith(f"/{name}") for e in ends))
    assert missing == [], f"{page.name} names what is not there"


def test_names_are_found() -> None:
    assert NAMED.findall("`a.py`, `keys` and `tests/b.py`") == ["a.py", "tests/b.py"]
