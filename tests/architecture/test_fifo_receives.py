"""Who consumes a FIFO queue knows how often it delivers: the neighbours of poison depend on it (runtime/sqs.py)."""

import re

import pytest

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
