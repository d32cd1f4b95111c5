"""`make uncertain` on the deployed cloud: what nobody knows the fate of is listed, and the operator's word settles it."""

import csv
import os
import subprocess
import sys

import pytest
from cloud import places
from comeback.conversations.doubt import REPETITION_COMES
from comeback.conversations.model import ChannelKind
from comeback.reactivation.model import Completion, JourneyState
from demo.driver import Driver

from tests.e2e.shop import Shop, says_nothing

COMMAND = [sys.executable, "infra/admin/uncertain.py"]


def ask(company_id: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """As `make uncertain` runs it."""
    environment = {**os.environ, **places.aws_environment(), "PYTHONPATH": "layers/core"}
    return subprocess.run(  # noqa: S603  # our own command
        [*COMMAND, company_id, *options],
        cwd=places.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def listed(company_id: str) -> list[dict[str, str]]:
    told = ask(company_id)
    assert told.returncode == 0, told.stderr
    return list(csv.DictReader(told.stdout.splitlines()))


@pytest.mark.fault(
    "A message stays in doubt", "The operator's list shows it; their word settles it"
)
def test_the_operator_settles_what_nobody_knows(driver: Driver, company_id: str) -> None:
    salon = Shop(driver, company_id, ChannelKind.TELEGRAM, 9501)
    salon.open()
    says_nothing(salon)
    salon.campaign()
    salon.until(lambda: bool(list(driver.store.uncertain(company_id))), "the doubt")
    (doubt,) = listed(company_id)
    (journey,) = salon.journeys()
    assert (doubt["client"], doubt["message"]) == ("anna", journey.attempt.outbox_id)
    assert (doubt["channel"], doubt["purpose"]) == ("telegram", "marketing")
    assert "Anna" not in str(doubt)

    word = ["--client", "anna", "--message", doubt["message"], "--arrived", "no"]
    driver.step(driver.now() + REPETITION_COMES)
    told = ask(company_id, *word)
    assert told.returncode == 0, told.stderr
    assert listed(company_id) == []
    salon.until(lambda: salon.journeys()[0].state is JourneyState.FINISHED, "the journey's end")
    assert salon.journeys()[0].completion is Completion.UNDELIVERABLE
    assert len(salon.messages()) == 0
