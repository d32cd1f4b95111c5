"""Which functions of the code read bytes or texts from outside: found by what they call, so that a new one is seen."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from tests.architecture.template import ROOT

PLACES = ("functions", "layers/core/comeback", "infra/admin")
READING = frozenset(
    {
        "b64decode",
        "b32decode",
        "convert",
        "decode",
        "decoded",
        "DictReader",
        "from_json",
        "fromisoformat",
        "json",
        "load",
        "loads",
        "parse",
        "parse_qs",
        "reader",
        "strptime",
        "unquote_plus",
        "urlopen",
        "urlsafe_b64decode",
    }
)
"""Names of functions and methods: json.loads, msgspec.json.decode, csv.reader, base64's, datetime's, response.json()."""
Where = tuple[str, str]
"""File and qualified name."""


def decoders() -> set[Where]:
    """Those that call one of `READING`."""
    files = [file for place in PLACES for file in (ROOT / place).rglob("*.py")]
    return {(short(file), name) for file in files for name in _of(file)}


def short(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _of(file: Path) -> Iterator[str]:
    yield from _within(ast.parse(file.read_text()), "", "")


def _within(node: ast.AST, prefix: str, function: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and _called(child) in READING:
            yield function or "<module>"
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{prefix}{child.name}"
            yield from _within(child, f"{name}.<locals>.", name)
        elif isinstance(child, ast.ClassDef):
            yield from _within(child, f"{prefix}{child.name}.", function)
        else:
            yield from _within(child, prefix, function)


def _called(call: ast.Call) -> str:
    """Empty for what encodes nothing: `"".join(…).decode` is found all the same."""
    found = call.func
    if isinstance(found, ast.Attribute):
        return found.attr
    return found.id if isinstance(found, ast.Name) else ""


def run(what: Callable[[], object]) -> set[Where]:
    """The functions of ours that ran meanwhile."""
    seen: set[Where] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(str(ROOT)):
            seen.add((frame.f_code.co_filename, frame.f_code.co_qualname))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        what()
    finally:
        sys.setprofile(before)
    return {(short(Path(file)), name) for file, name in seen}
