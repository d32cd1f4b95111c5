"""How the simulated model is told to behave, and what it has counted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from world.context import World

MISTAKES = ("wrong_time", "wrong_discount", "wrong_staff", "leaks_placeholder", "invalid_json")
FAILURES = ("quota", "overloaded", "blocked", "cut")
MODES = ("normal", "stubborn", *MISTAKES, *FAILURES)


@dataclass
class Behaviour:
    """`stubborn` repeats `mistake` even when told of it; other mistakes are mended then, which uses up no turn."""

    mode: str = "normal"
    times: int = 0
    mistake: str = "wrong_time"

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode: {self.mode} is unknown. Use {', '.join(MODES)}")
        if self.mistake not in MISTAKES:
            raise ValueError(f"mistake: {self.mistake} is unknown. Use {', '.join(MISTAKES)}")

    def fails(self) -> str:
        """One of FAILURES, or nothing."""
        return self._use(self.mode) if self.mode in FAILURES else ""

    def errs(self, *, told: bool) -> str:
        """One of MISTAKES, or nothing. `told`: the request names what was wrong with the text before."""
        if self.mode == "stubborn":
            return self._use(self.mistake)
        return self._use(self.mode) if self.mode in MISTAKES and not told else ""

    def _use(self, what: str) -> str:
        if self.times < 1:
            return ""
        self.times -= 1
        return what


class GeminiState:
    """`keys`: the API keys taken; while empty, any that does not contain «invalid»."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.behaviour = Behaviour()
        self.keys: set[str] = set()
        self.calls: dict[str, int] = {}
        """By task."""
        self.leaks = 0
        """Requests refused because personal data was in them."""

    def takes(self, key: str) -> bool:
        return key in self.keys if self.keys else "invalid" not in key.lower()
