"""The circuit breaker's rule as a machine: who may call when, whatever order answers and failures come in."""

from datetime import UTC, datetime, timedelta

import pytest
from comeback.crm.breaker import (
    FAILURES,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    PROBE,
    Circuit,
    Passage,
    pause,
)
from comeback.errors import Unavailable
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Calls(RuleBasedStateMachine):
    """Functions at once, over one kept text: each is let through or refused, and tells later how it went."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.text = ""
        self.under_way: list[Passage] = []
        self.probes: dict[Passage, datetime] = {}
        self.failed_in_a_row = 0
        self.refusals_tell_when = True

    @rule(seconds=st.sampled_from((0.5, 5.0, FIRST_PAUSE, PROBE, LONGEST_PAUSE)))
    def time_goes_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def a_call_is_made(self) -> None:
        passage, was_open = Passage(lambda: self.now), Circuit.read(self.text)
        try:
            self.text = passage.admit(self.text)
        except Unavailable as refused:
            wait = refused.retry_after or 0.0
            self.refusals_tell_when &= was_open.tripped and 0 < wait <= LONGEST_PAUSE
            return
        self.under_way.append(passage)
        if was_open.tripped:
            lately = self.now - timedelta(seconds=PROBE)
            assert not [p for p, at in self.probes.items() if at > lately and p in self.under_way]
            self.probes[passage] = self.now

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(min_value=0))
    def it_fails(self, which: int) -> None:
        passage = self.under_way.pop(which % len(self.under_way))
        self.text = passage.failed(self.text)
        self.failed_in_a_row += 1

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(min_value=0))
    def it_is_answered(self, which: int) -> None:
        passage = self.under_way.pop(which % len(self.under_way))
        self.text = passage.answered(self.text)
        self.failed_in_a_row = 0
        self.probes.clear()

    @invariant()
    def it_opens_only_after_failures_in_a_row(self) -> None:
        assert Circuit.read(self.text).tripped == (self.failed_in_a_row >= FAILURES)

    @invariant()
    def only_an_open_one_refuses_and_tells_when_to_come_back(self) -> None:
        assert self.refusals_tell_when

    @invariant()
    def nobody_is_kept_out_for_longer_than_the_longest_pause(self) -> None:
        assert Circuit.read(self.text).wait(self.now) <= LONGEST_PAUSE

    @invariant()
    def what_is_kept_is_short_and_reads_back(self) -> None:
        assert len(self.text) < 32
        assert str(Circuit.read(self.text)) == self.text


TestCalls = Calls.TestCase


def opened() -> str:
    text = ""
    for _ in range(FAILURES):
        passage = Passage(lambda: START)
        text = passage.failed(passage.admit(text))
    return text


def test_calls_that_failed_together_open_it_for_one_pause() -> None:
    together = [Passage(lambda: START) for _ in range(20)]
    text = ""
    for passage in together:
        text = passage.admit(text)
    for passage in together:
        text = passage.failed(text)
    assert Circuit.read(text).wait(START) == FIRST_PAUSE


def test_one_call_probes_and_a_probe_that_died_holds_nobody_for_long() -> None:
    later = START + timedelta(seconds=FIRST_PAUSE)
    probing = Passage(lambda: later).admit(opened())
    with pytest.raises(Unavailable) as refused:
        Passage(lambda: later).admit(probing)
    assert refused.value.retry_after == PROBE
    much_later = later + timedelta(seconds=PROBE)
    assert Passage(lambda: much_later).admit(probing)


@given(st.integers(FAILURES, 10_000))
def test_pauses_double_up_to_the_longest(failures: int) -> None:
    assert pause(FAILURES) == FIRST_PAUSE
    assert pause(failures) <= pause(failures + 1) <= min(LONGEST_PAUSE, 2 * pause(failures))
