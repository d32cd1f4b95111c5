"""requirements.txt is made of the layers' own lists (`make requirements`) and pins all."""

import re
from pathlib import Path

import pytest

from tests.architecture.template import ROOT

LAYER_LISTS = sorted((ROOT / "layers").glob("*/*.txt"))
TOOL_LISTS = sorted((ROOT / "infra" / "local" / "requirements").glob("*.in"))
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*])?")


def wanted(file: Path) -> list[str]:
    lines = [line.partition("#")[0].strip() for line in file.read_text().splitlines()]
    return [normal(match.group(1)) for line in lines if (match := NAME.match(line))]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(file: Path) -> set[str]:
    lines = [line for line in file.read_text().splitlines() if NAME.match(line)]
    assert [line for line in lines if "==" not in line] == []
    return {normal(line.partition("==")[0]) for line in lines}


@pytest.mark.parametrize("file", LAYER_LISTS, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_what_a_layer_asks_for_is_pinned(file: Path) -> None:
    assert set(wanted(file)) <= pinned(ROOT / "requirements.txt")


@pytest.mark.parametrize("file", TOOL_LISTS, ids=lambda f: f.stem)
def test_what_a_tool_list_asks_for_is_pinned(file: Path) -> None:
    assert set(wanted(file)) <= pinned(file.with_suffix(".txt"))


@pytest.mark.parametrize("file", [ROOT / "requirements.txt", *LAYER_LISTS, *TOOL_LISTS], ids=str)
def test_no_registry_is_named(file: Path) -> None:
    assert "://" not in file.read_text()
