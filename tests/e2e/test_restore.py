"""A restore tried on the deployed cloud: data goes back, what happened to people stays, and nobody is written to twice."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cloud import places
from comeback.changes import SaveClient
from comeback.clients.model import Client, opted_out
from comeback.conversations.model import Address, ChannelKind
from comeback.errors import NotFound
from comeback.reactivation.model import Completion, JourneyState
from comeback.storage.store import DynamoStore
from comeback.storage.table import schema
from demo.driver import Driver
from pynamodb.connection.base import MetaTable

from tests.e2e.shop import Shop
from tests.e2e.transcript import books_another_time

Clients = Callable[[str], Any]
SERIAL, LOST_SERIAL = 5401, 5402
TELEGRAM = ChannelKind.TELEGRAM


@pytest.fixture
def backup(aws: Clients, deployed: Mapping[str, str]) -> Iterator[Callable[[], str]]:
    """Makes one, and answers its ARN. MiniStack's restore to a point in time copies the present, so backups stand for it."""
    dynamodb = aws("dynamodb")
    before = set(dynamodb.list_tables()["TableNames"])

    def make() -> str:
        made = dynamodb.create_backup(TableName=deployed["TableName"], BackupName="test")
        return str(made["BackupDetails"]["BackupArn"])

    yield make
    for table in set(dynamodb.list_tables()["TableNames"]) - before:
        dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
        dynamodb.delete_table(TableName=table)


def restore(*options: str) -> str:
    """`make restore`, as an operator runs it."""
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "infra/admin/restore.py", *options],
        cwd=places.ROOT,
        env={"PATH": "/usr/bin:/bin", **places.aws_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.fault(
    "a wrong import, taken back from a backup", "data as before; nobody written twice, no stop lost"
)
def test_what_was_imported_goes_and_what_happened_stays(
    driver: Driver, company_id: str, backup: Callable[[], str]
) -> None:
    salon = Shop(driver, company_id, TELEGRAM, SERIAL)
    salon.open()
    store, anna = driver.store, salon.client_id
    store.commit([SaveClient(Client(company_id, "clara", "Clara", "+79995551234", "en"))])
    before = store.client(company_id, anna)
    arn = backup()

    salon.campaign()
    (offer,) = salon.wait_for_messages(1)
    stranger = stops(salon)
    store.erase(company_id, "clara")
    wrongly_imported(salon)

    scope = ("--backup", arn, "--company", company_id)
    assert "nothing was changed" in restore(*scope)
    assert store.client(company_id, "junk0").client.name == "Junk"
    told = restore(*scope, "--go", "--drain", "1")
    assert "is restored" in told

    after = store.client(company_id, anna)
    assert after.client == before.client
    assert (after.visits, after.consents) == (before.visits, before.consents)
    assert sorted(store.clients(company_id)) == sorted([anna, stranger])
    assert opted_out(store.client(company_id, stranger).consents)
    assert stranger_of(salon) == stranger
    for n in range(3):
        with pytest.raises(NotFound):
            store.client(company_id, f"junk{n}")
    assert after.journeys[0].state is JourneyState.WAITING

    for _ in range(2):
        salon.campaign()
        driver.quiet()
        driver.step(driver.now() + timedelta(days=1))
    assert len(salon.messages()) == 1
    books_another_time(salon, offer)
    salon.until(lambda: salon.journeys()[0].state is JourneyState.FINISHED, "the booking")
    assert len(salon.booked()) == 1
    assert "is restored" in restore(*scope, "--go", "--drain", "0")
    assert len(salon.booked()) == 1


def stops(salon: Shop) -> str:
    """A stranger, who writes for the first time: that they want nothing."""
    driver, chat = salon.driver, int(salon.chat) + 100_000
    users = [{"user_id": chat, "name": "Boris", "language": "en"}]
    driver.call("/world/telegram/users", {"users": users, "subscribed_to": salon.bot})
    said = {"bot": salon.bot, "user_id": chat, "do": "say", "text": "STOP"}
    driver.call("/world/telegram/act", said)
    driver.quiet()
    found = stranger_of(salon)
    assert found
    return found


def stranger_of(salon: Shop) -> str | None:
    address = Address(TELEGRAM, str(int(salon.chat) + 100_000))
    return salon.driver.store.client_at(salon.company.company_id, address)


def wrongly_imported(salon: Shop) -> None:
    """Somebody else's clients, and their name for ours."""
    store, company_id = salon.driver.store, salon.company.company_id
    ours = store.client(company_id, salon.client_id).client
    junk = [Client(company_id, f"junk{n}", "Junk", f"+7999555000{n}", "en") for n in range(3)]
    store.commit([SaveClient(client) for client in (*junk, replace(ours, name="Junk"))])


@pytest.mark.fault(
    "the table lost, made anew from an older backup",
    "quiet for the retry interval, then it goes on",
)
def test_a_table_made_anew_writes_to_nobody_for_a_while(
    driver: Driver, company_id: str, backup: Callable[[], str], deployed: Mapping[str, str]
) -> None:
    salon = Shop(driver, company_id, TELEGRAM, LOST_SERIAL)
    salon.open()
    arn = backup()
    salon.campaign()
    salon.wait_for_messages(1)
    second = backup()
    today = salon.company.local(driver.now()).date()
    for n, (made, journeys) in enumerate(((arn, 0), (second, 1))):
        into = f"{deployed['TableName']}-anew{n}"
        lost = ("--backup", made, "--lost", "--into", into, "--now", driver.now().isoformat())
        assert "quiet" in restore(*lost, "--go")
        store = at_table(driver.store, into)
        file = store.client(company_id, salon.client_id)
        assert [j.completion for j in file.journeys] == [Completion.CANCELLED] * journeys
        assert file.active_journey_id == ""
        assert list(store.waiting(company_id, driver.now() + timedelta(days=60))) == []
        assert len(file.visits) == 5
        retry = 14
        assert list(store.due(company_id, today + timedelta(days=retry))) == []
        assert len(list(store.due(company_id, today + timedelta(days=retry + 1)))) == 1


def at_table(store: DynamoStore, name: str) -> DynamoStore:
    """The same store, pointed at another table."""
    other = copy(store)
    other.table = copy(store.table)
    other.table.name = name
    other.table.connection.add_meta_table(MetaTable(schema(name)))
    return other
