"""Answers read by rules, on labelled ones (`tests/data/answers.jsonl`), and together with models good and bad.

At first sight rules alone read 94 of the 96 everyday ones (blind 1) as labelled, missing 1 of 20 opt-outs; of two sets made to
trip them up (2, 3) 60 of 75 and 29 of 38, missing 18 of 71 opt-outs, with 3 false ones. On 199 more of all kinds (4) 71 % were
read right, 14 of 50 opt-outs missed, 3 false. So the rules learned to ask where they hear half a demand; of 52 opt-outs written
after that (5) they obeyed 32, asked about 9, left 9 to a person and took 2 for a «no», with 1 false in 42 traps.
"""

from datetime import date

import pytest
from comeback.errors import ComebackError, Permanent, Unavailable
from comeback.ports import AnswerFacts, AnswerReading, LanguageModel
from comeback.reactivation.answers import HEAD, Intent, read_by_rules, reading
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.language_model import ScriptedModel, constant, erring
from tests.unit.reactivation.facts import answer_facts
from tests.unit.reactivation.labelled import LABELLED, UNSEEN, Row, intents, is_right, score

LEAST_ACCURACY = 0.97
WORST = {
    "errs at random": erring(seed=1),
    "always stop": constant("stop"),
    "never stop": constant("yes"),
    "always no": constant("no"),
}


def wrong(row: Row) -> bool:
    """By intent, or by what goes with it when the intent is the first one named."""
    found = read_by_rules(answer_facts(row["text"], row["language"]))
    if found.intent != row["intent"]:
        return not is_right(row, found)
    if row.get("until") and str(found.until) not in row["until"]:
        return True
    asked = {key: row[key] for key in ("slot", "service", "master") if key in row}
    return any(getattr(found, key) != value for key, value in asked.items())


def test_there_are_enough_answers_of_both_languages() -> None:
    by_language = {row["language"] for row in LABELLED}
    assert len(LABELLED) >= 300
    assert by_language == {"ru", "en"}
    assert len({row["text"] for row in LABELLED}) == len(LABELLED)
    assert sum(intents(row) == {"stop"} for row in LABELLED) >= 100


def test_answers_are_read_as_labelled() -> None:
    mistakes = [row["text"] for row in LABELLED if wrong(row)]
    assert len(mistakes) <= len(LABELLED) * (1 - LEAST_ACCURACY), mistakes


def test_rules_alone_miss_no_opt_out_and_hardly_make_one_up() -> None:
    found = score(read_by_rules)
    assert (found.missed, found.asked) == ((), ())
    assert found.false_share <= 0.01, found.falsely


def test_answers_the_rules_were_never_fitted_to_are_understood_no_worse_than_ever() -> None:
    """As measured, so that it only gets better; a rule is not to be written after these."""
    found = score(read_by_rules, UNSEEN)
    assert (found.answers, found.stops) == (93, 34)
    assert len(found.missed) <= 2, found.missed
    assert found.falsely == ()
    assert found.right >= 78


@pytest.mark.parametrize("model", WORST.values(), ids=WORST)
def test_no_model_errs_more_on_them_than_the_rules_alone(model: LanguageModel) -> None:
    found = score(lambda facts: reading(model, facts), UNSEEN)
    assert len(found.missed) <= 2, found.missed
    assert found.falsely == ()


@pytest.mark.parametrize("model", WORST.values(), ids=WORST)
def test_no_model_is_bad_enough_to_miss_an_opt_out_or_make_up_many(model: LanguageModel) -> None:
    found = score(lambda facts: reading(model, facts))
    assert (found.missed, found.asked) == ((), ())
    assert found.false_share <= 0.01, found.falsely


@pytest.mark.parametrize("text", ["", " ", "…", "\n\n", "🫠", "¿", "0", "{name}", "x" * 5000])
def test_nonsense_is_unclear_and_breaks_nothing(text: str) -> None:
    assert reading(None, answer_facts(text)).intent in (Intent.UNCLEAR, Intent.QUESTION)


@given(text=st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    found = read_by_rules(answer_facts(text))
    assert Intent(found.intent)
    assert found.slot in (None, 1, 2, 3)
    assert found.until is None or found.until > date(2026, 11, 20)


# ── together with a model ────────────────────────────────────────────────────────────────────────────


def test_a_plain_opt_out_never_depends_on_a_model() -> None:
    model = ScriptedModel.reading()
    assert reading(model, answer_facts("не пишите мне больше")).intent == Intent.STOP
    assert model.asked == []


@pytest.mark.parametrize("text", ["2", "да", "Нет, спасибо", "вторник", "Yes, 2 please"])
def test_what_needs_no_thinking_costs_no_call(text: str) -> None:
    model = ScriptedModel.reading()
    assert reading(model, answer_facts(text)).confidence >= 0.95
    assert model.asked == []


def test_the_model_reads_what_rules_can_not() -> None:
    said = AnswerReading("no", confidence=0.9)
    model = ScriptedModel.reading(said)
    assert reading(model, answer_facts("ну такое себе предложение, честно говоря")) == said


@pytest.mark.parametrize(
    "failure", [Unavailable("down"), Permanent("nonsense"), AnswerReading("maybe", confidence=1.0)]
)
def test_rules_stand_behind_a_model_that_fails(failure: ComebackError | AnswerReading) -> None:
    found = reading(ScriptedModel.reading(failure), answer_facts("а попозже можно?"))
    assert found.intent == Intent.OTHER_TIME


@pytest.mark.parametrize(
    ("text", "confidence", "intent"),
    [
        ("не по душе мне эти ваши письма", 0.95, Intent.STOP),
        ("не по душе мне эти ваши письма", 0.6, Intent.PERHAPS_STOP),
        ("ох уж эти ваши письма", 0.95, Intent.PERHAPS_STOP),
        ("ну такое себе предложение, честно говоря", 1.0, Intent.PERHAPS_STOP),
        ("почему давно не пишете?", 1.0, Intent.PERHAPS_STOP),
        ("пишите мне через месяц", 1.0, Intent.PERHAPS_STOP),
        ("не присылайте мастера без опыта, к Марине пойду", 1.0, Intent.PERHAPS_STOP),
    ],
)
def test_a_models_stop_is_obeyed_only_when_it_is_sure_and_the_words_lean_that_way(
    text: str, confidence: float, intent: Intent
) -> None:
    model = ScriptedModel.reading(AnswerReading("stop", confidence=confidence))
    assert reading(model, answer_facts(text)).intent == intent


def test_a_demand_beside_a_choice_is_asked_about_whatever_the_model_says() -> None:
    text = "давайте 2, и не пишите мне больше"
    for model in (None, ScriptedModel.reading(AnswerReading("yes", slot=2, confidence=1.0))):
        assert reading(model, answer_facts(text)).intent == Intent.PERHAPS_STOP


def test_where_the_model_is_at_a_loss_the_rules_guess_stands() -> None:
    model = ScriptedModel.reading(AnswerReading("unclear", confidence=0.9))
    found = reading(model, answer_facts("слушайте, меня пока не будет, я на даче до весны"))
    assert (found.intent, found.until) == (Intent.AWAY, date(2027, 3, 1))


def test_a_model_can_not_opt_out_who_names_a_slot() -> None:
    model = ScriptedModel.reading(AnswerReading("stop", confidence=1.0))
    text = "стоп-кадр с прошлой стрижки до сих пор на аватарке, давайте во вторник в 11"
    assert reading(model, answer_facts(text)) == read_by_rules(answer_facts(text))


def test_a_model_can_not_move_a_time_that_was_named() -> None:
    text = "Отлично, всей семьёй ждали, я смогу прийти в среду в 15:30 с дочкой"
    model = ScriptedModel.reading(AnswerReading("yes", slot=1, confidence=1.0))
    assert reading(model, answer_facts(text)).slot == 2


def test_a_time_that_is_not_offered_is_not_booked() -> None:
    text = "Да, с удовольствием приду к вам в четверг в 12"
    model = ScriptedModel.reading(AnswerReading("yes", slot=1, confidence=1.0))
    assert reading(model, answer_facts(text)).intent == Intent.OTHER_TIME


@pytest.mark.parametrize("slot", [0, 4, -1])
def test_a_slot_nobody_offered_is_none(slot: int) -> None:
    model = ScriptedModel.reading(AnswerReading("yes", slot=slot, confidence=1.0))
    found = reading(model, answer_facts("ну раз вы так зовёте, то уговорили"))
    assert (found.intent, found.slot) == (Intent.YES, None)


@pytest.mark.parametrize("until", [date(2020, 1, 1), date(2026, 11, 20), date(2050, 1, 1)])
def test_an_absence_ends_within_a_year_from_now(until: date) -> None:
    model = ScriptedModel.reading(AnswerReading("away", until=until, confidence=1.0))
    assert reading(model, answer_facts("сейчас не до того, живу за городом")).until is None


def test_a_novel_is_read_from_both_ends() -> None:
    novel = "а вот ещё было дело " * 300 + " не пишите мне больше"
    assert reading(None, answer_facts(novel)).intent == Intent.STOP
    model = ScriptedModel.reading(AnswerReading("no", confidence=1.0))
    reading(model, answer_facts("а вот ещё было дело " * 300))
    (asked,) = model.asked
    assert isinstance(asked, AnswerFacts)
    assert len(asked.text) < HEAD * 2
