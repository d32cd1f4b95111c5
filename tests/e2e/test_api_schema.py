"""schemathesis calls the deployed admin API as its description allows, and as it does not: every answer is one it announces."""

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import openapi
import pytest
from cloud import places
from comeback.conversations.model import ChannelKind
from comeback.team.model import Role
from demo.driver import Driver

from tests.e2e.door import Door
from tests.e2e.shop import Shop

ST = places.LOCAL / "schemathesis" / "bin" / "st"
EXAMPLES = "8"
SERIAL = 9101
WORKERS = "1"
"""Threads. Two would parse Python at once, and before 3.11.8 a collection amid that ends in a SystemError (cpython #106905)."""
UNTRIED = ("session.",)
"""Signing in is tried by test_console.py: what it answers depends on Cognito's sessions."""


def of_company(company_id: str) -> dict[str, Any]:
    """The description with our company in the paths, so that calls reach the views."""
    found = openapi.document()
    paths = {}
    for path, methods in found["paths"].items():
        mine = {
            m: told for m, told in methods.items() if not told["operationId"].startswith(UNTRIED)
        }
        for told in mine.values():
            told["parameters"] = [p for p in told["parameters"] if p["name"] != "company"]
        if mine:
            paths[path.replace("{company}", company_id)] = mine
    return found | {"paths": paths}


@pytest.mark.timeout(900)
def test_every_answer_is_one_that_the_description_announces(
    driver: Driver,
    api: httpx.Client,
    door: Door,
    company_id: str,
    tmp_path: Path,
) -> None:
    shop = Shop(driver, company_id, ChannelKind.TELEGRAM, SERIAL)
    shop.open()
    shop.campaign()
    token = door.token(door.member(company_id, Role.OWNER))
    described = tmp_path / "openapi.json"
    described.write_text(json.dumps(of_company(company_id)))
    done = subprocess.run(  # noqa: S603  # our own tool
        [
            str(ST),
            "run",
            str(described),
            *("--url", str(api.base_url)),
            *("--header", f"Authorization: Bearer {token}"),
            *(
                "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
            ),
            *("--phases", "coverage,fuzzing"),
            *("--max-examples", EXAMPLES),
            *("--generation-deterministic",),
            *("--continue-on-failure", "--no-color", "--workers", WORKERS),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
