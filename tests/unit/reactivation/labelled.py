"""The labelled answers, and how a reader of answers does on them: rules alone, a model with the rules behind it, a bad model.

In the data `also` names readings that are as good, `until` the dates that will do. `blind` marks answers that were written
before the rules were tried on them.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comeback.ports import AnswerFacts, AnswerReading
from comeback.reactivation.intents import Intent

from tests.unit.reactivation.facts import answer_facts

DATA = Path(__file__).parents[2] / "data"
Row = Mapping[str, Any]


def rows(file: str) -> list[Row]:
    return [json.loads(line) for line in (DATA / file).read_text("utf-8").splitlines()]


LABELLED = rows("answers.jsonl")
UNSEEN = rows("answers_unseen.jsonl")
"""Which no rule was fitted to."""


def intents(row: Row) -> set[str]:
    return {row["intent"], *row.get("also", ())}


def is_right(row: Row, found: AnswerReading) -> bool:
    """Asking «should we stop?» is as good as being unclear."""
    said = Intent.UNCLEAR if found.intent == Intent.PERHAPS_STOP else found.intent
    return said in intents(row)


@dataclass(frozen=True)
class Score:
    """`asked`: demands to stop that were asked about instead of obeyed; `missed`: neither. `falsely`: stopped, who had not
    asked for it."""

    answers: int
    right: int
    stops: int
    asked: tuple[str, ...]
    missed: tuple[str, ...]
    others: int
    falsely: tuple[str, ...]

    @property
    def accuracy(self) -> float:
        return self.right / self.answers

    @property
    def false_share(self) -> float:
        return len(self.falsely) / self.others


def score(read: Callable[[AnswerFacts], AnswerReading], rows: Iterable[Row] = LABELLED) -> Score:
    found = [(row, read(answer_facts(row["text"], row["language"]))) for row in rows]
    stops = [(row, said) for row, said in found if intents(row) == {Intent.STOP}]
    others = [(row, said) for row, said in found if Intent.STOP not in intents(row)]
    heard = (Intent.STOP, Intent.PERHAPS_STOP)
    return Score(
        answers=len(found),
        right=sum(is_right(row, said) for row, said in found),
        stops=len(stops),
        asked=tuple(row["text"] for row, said in stops if said.intent == Intent.PERHAPS_STOP),
        missed=tuple(row["text"] for row, said in stops if said.intent not in heard),
        others=len(others),
        falsely=tuple(row["text"] for row, said in others if said.intent == Intent.STOP),
    )
