"""Every operation that the code writes into the audit log has words in the console, in both languages."""

import re

import pytest

from tests.architecture.template import ROOT

RESOURCES = "channels|clients|company|due|exports|journeys|letters|results|services|settings|staff|talks|team|today"  # fmt: skip
OPERATION = re.compile(rf'"((?:{RESOURCES})\.[a-z_]+)"')
PUT_TOGETHER = {"services.add", "services.change", "staff.add", "staff.change", "journeys.manual", "journeys.retry"}  # fmt: skip
"""Their names stand in no file as they are: bookings/catalogue.py, reactivation/manual.py."""
TEXT = re.compile(r'"audit\.op\.([a-z_.]+)":')


def operations() -> set[str]:
    files = [*(ROOT / "layers/core/comeback").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    return PUT_TOGETHER | {found for file in files for found in OPERATION.findall(file.read_text())}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_operation_has_words(language: str) -> None:
    texts = (ROOT / "infra/console/texts" / f"audit.{language}.js").read_text()
    assert "team.invite" in operations()
    assert operations() - set(TEXT.findall(texts)) == set()


def test_no_words_are_left_over() -> None:
    english = (ROOT / "infra/console/texts/audit.en.js").read_text()
    assert set(TEXT.findall(english)) - operations() == set()
