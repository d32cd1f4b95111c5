"""Starting, watching and emptying the world."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from world.app import application, build
from world.settings import Settings

from tests.adapters.conftest import NOW, WorldServer

INFRA = Path(__file__).parents[3] / "infra" / "local"


def test_a_taken_port_is_one_clear_line(world: WorldServer) -> None:
    port = world.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "world", "--port", port]
    ended = subprocess.run(command, cwd=INFRA, capture_output=True, text=True, timeout=20)  # noqa: S603  # ours
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert port in ended.stderr


def test_reset_empties_the_world_and_may_turn_back_time(world: WorldServer) -> None:
    control = world.control
    control.post("/world/telegram/bots", json={"token": "5:abc", "username": "b"})
    world.world.clock.at(NOW + timedelta(hours=1), lambda: None)
    control.post("/world/clock", json={"now": (NOW + timedelta(minutes=1)).isoformat()})

    control.post("/world/reset", json={"now": NOW.isoformat()}).raise_for_status()

    assert control.get("/world/clock").json() == {"now": NOW.isoformat(), "next": None}
    assert control.post("/telegram/bot5:abc/getMe").status_code == 401


def test_activity_counts_simulators_and_the_clock_only(world: WorldServer) -> None:
    def seen() -> Mapping[str, Any]:
        found: Mapping[str, Any] = world.control.get("/world/activity").json()
        return found

    before = seen()["requests"]
    world.control.get("/world/transcript")
    world.control.get("/phones")
    assert seen()["requests"] == before
    world.control.get("/world/clock")
    world.control.post("/telegram/bot1:x/getMe")
    after = seen()
    assert after["requests"] == before + 2
    assert after["last_request_ms_ago"] < 1000


def test_users_are_moved_over_http_too(world: WorldServer) -> None:
    control = world.control
    control.post("/world/telegram/bots", json={"token": "5:abc", "username": "b"})

    def act(**what: Any) -> int:
        body = {"bot": "b", "user_id": 9, **what}
        return control.post("/world/telegram/act", json=body).status_code

    assert act(do="say", text="до старта") == 422
    assert [act(do="start"), act(do="say", text="да"), act(do="block")] == [200, 200, 200]
    assert act(do="dance") == 422
    assert act(do="start", bot="nobody") == 422
    waiting = world.world.telegram.bot("b").waiting
    assert [update["update_id"] for update in waiting] == [1, 2, 3]


def test_in_real_time_the_clock_goes_by_itself() -> None:

    async def live() -> datetime:
        world = build(NOW, Settings(real_time=True))
        counted: Any = application(world)
        async with counted._app.router.lifespan_context(counted._app):
            await asyncio.sleep(0.6)
        return world.clock.now()

    began = time.monotonic()
    now = asyncio.run(live())
    assert NOW < now <= NOW + timedelta(seconds=time.monotonic() - began)
    assert now.tzinfo is UTC
