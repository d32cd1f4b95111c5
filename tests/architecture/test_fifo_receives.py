"""Who consumes a FIFO queue knows how often it delivers: the neighbours of poison depend on it (runtime/sqs.py)."""

import re

import pytest
from comeback.runtime.sqs import LONGEST

from tests.architecture.template import QUEUE, functions, handler_file, resources


def consumers() -> list[tuple[str, str]]:
    """(function, FIFO queue)."""
    named = [
        (name, event["Properties"]["Queue"]["Fn::GetAtt"].partition(".")[0])
        for name, function in functions().items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    return [(name, queue) for name, queue in named if resources(QUEUE)[queue].get("FifoQueue")]


@pytest.mark.parametrize(("name", "queue"), consumers())
def test_the_consumer_counts_receives_as_its_queue_does(name: str, queue: str) -> None:
    source = handler_file(functions()[name]).read_text()
    known = re.search(r"^RECEIVES = (\d+)$", source, re.MULTILINE)
    assert known, f"{name}: say RECEIVES, and pass it to sqs.process"
    assert int(known[1]) == resources(QUEUE)[queue]["RedrivePolicy"]["maxReceiveCount"]
    assert "receives=RECEIVES" in source


def test_what_waits_as_long_as_it_may_reaches_the_dead_letters() -> None:
    """A queue forgets in silence what is older than its retention; the dead letters raise an alarm."""
    outbound = resources(QUEUE)["OutboundQueue"]
    receives = outbound["RedrivePolicy"]["maxReceiveCount"]
    assert receives * LONGEST + outbound["VisibilityTimeout"] < outbound["MessageRetentionPeriod"]


def test_sqs_takes_the_longest_wait() -> None:
    """It hides a message for twelve hours from its receipt; what its function may have run by then is part of them."""
    twelve_hours, ran = 43_200, max(f["Timeout"] for f in functions().values())
    assert ran + LONGEST < twelve_hours
