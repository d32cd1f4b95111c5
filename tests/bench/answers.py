"""`python -m tests.bench.answers`: how answers are read, the labelled ones and some that the rules were never fitted to.

Rules alone; the simulated Gemini over HTTP with the rules behind it; models as bad as can be; and, with GEMINI_API_KEY set,
the real one (GEMINI_MODEL names it), which costs a few hundred calls.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from comeback.ai.registry import GeminiModels
from comeback.companies.model import BusinessType, Company
from comeback.ports import AnswerFacts, AnswerReading, LanguageModel
from comeback.reactivation.answers import read_by_rules, reading
from world.settings import Settings

from tests.adapters.running_world import running_world
from tests.fakes.language_model import constant, erring
from tests.unit.reactivation.labelled import LABELLED, UNSEEN, Row, score

MODEL = "gemini-3.1-flash-lite"
COMPANY = Company("bench", "Lotus", "Europe/Moscow", BusinessType.BEAUTY)
SETS = {"labelled": LABELLED, "unseen": UNSEEN}
Reader = Callable[[AnswerFacts], AnswerReading]


def main() -> None:
    print(
        "Answers understood: read right; opted out without having asked; demands to stop asked about, and missed"
    )
    with ExitStack() as open_until_done:
        for name, reader in readers(open_until_done):
            for kind, answers in SETS.items():
                print(line(f"{name}, {kind}", reader, answers))
    if not os.environ.get("GEMINI_API_KEY"):
        print("  the real Gemini: skipped, GEMINI_API_KEY is not set")


def readers(stack: ExitStack) -> Iterator[tuple[str, Reader]]:
    yield "rules alone", read_by_rules
    world = stack.enter_context(running_world(Settings()))
    yield "simulated Gemini + rules", with_model(gemini("simulated", f"{world.url}/gemini"))
    worst = {
        "random": erring(seed=1),
        "always stop": constant("stop"),
        "never stop": constant("yes"),
    }
    for name, model in worst.items():
        yield f"worst model ({name}) + rules", with_model(model)
    if key := os.environ.get("GEMINI_API_KEY"):
        yield "real Gemini + rules", with_model(gemini(key))


def gemini(key: str, base_url: str = "") -> LanguageModel | None:
    name = os.environ.get("GEMINI_MODEL", MODEL)
    return GeminiModels(lambda _: {"gemini_api_key": key}, name, base_url).model(COMPANY)


def with_model(model: LanguageModel | None) -> Reader:
    return lambda facts: reading(model, facts)


def line(title: str, reader: Reader, answers: list[Row]) -> str:
    found = score(reader, answers)
    return (
        f"  {title:44} {found.accuracy:6.1%} of {found.answers:3}"
        f"   false {found.false_share:5.2%} ({len(found.falsely)} of {found.others})"
        f"   asked {len(found.asked)}, missed {len(found.missed)} of {found.stops}"
    )


if __name__ == "__main__":
    main()
