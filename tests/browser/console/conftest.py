"""`console` and `page`: the console in a browser, its APIs in this process on moto."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from comeback.companies.model import BusinessType, Company
from comeback.runtime import wiring
from playwright.sync_api import Browser, Page, expect

from tests.architecture.template import functions
from tests.browser.console.gateway import Gateway
from tests.browser.console.harness import PATIENCE_MS, Console, Served, serve
from tests.fakes.user_pool import console_client, user_pool
from tests.storage.conftest import Kms, aws, kms, table
from tests.storage.wire import KEYS
from tests.tenants.deployed import account, setting

__all__ = ["aws", "kms", "table"]
COMPANY = "salon"
SERVED_BY = ("AdminApi", "SessionApi")
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def served(aws: Any) -> Iterator[Served]:
    from api.admin.app import handler
    from api.session.app import app

    made, served = serve(Gateway(handler, app))
    yield served
    made.shutdown()
    made.server_close()
    served.gateway.worker.shutdown()


@pytest.fixture(scope="module")
def pool(aws: Any) -> tuple[str, str]:
    """The team's ids: of the pool and of its client."""
    cognito = boto3.client("cognito-idp")
    made = user_pool(cognito)
    return made, console_client(cognito, made)


@pytest.fixture
def console(
    served: Served,
    pool: tuple[str, str],
    table: str,
    kms: Kms,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Console]:
    """A company called Salon without anything else. No page that was opened had an error, or asked another machine."""
    named = {"TABLE": table, "KEYS_TABLE": KEYS, "CONTACTS_KEY": kms.key_id}
    team = {"USER_POOL_ID": pool[0], "USER_POOL_CLIENT_ID": pool[1]}
    with account((COMPANY,), **named, **team) as settings:
        for function in SERVED_BY:
            for variable, value in functions()[function]["Environment"]["Variables"].items():
                monkeypatch.setenv(variable, setting(settings, variable, value))
        store = wiring.store()
        store.save_company(Company(COMPANY, "Salon", "Europe/Moscow", BusinessType.BEAUTY))
        made = Console(served.url, served.gateway, store, COMPANY, pool[0])
        monkeypatch.setattr(wiring, "clock", lambda: _Clock(made))
        served.gateway.calls.clear()
        yield made
        _forget(made)
    assert made.watched.errors == []
    assert made.watched.strangers == []


def _forget(console: Console) -> None:
    cognito = boto3.client("cognito-idp")
    for user in cognito.list_users(UserPoolId=console.pool_id)["Users"]:
        cognito.admin_delete_user(UserPoolId=console.pool_id, Username=user["Username"])


class _Clock:
    def __init__(self, console: Console) -> None:
        self.console = console

    def now(self) -> Any:
        return self.console.now


@pytest.fixture
def page(browser: Browser, console: Console) -> Iterator[Page]:
    """An empty tab of a browser that has never been here."""
    context = browser.new_context(locale="en-GB")
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    console.watch(opened)
    yield opened
    context.close()
