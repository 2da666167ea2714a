"""The demo shops pass through the API as they are: none of their data contradicts itself."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from madoguchi.channels.web.pages import DEMO_MEMBERS
from madoguchi.clock import TOKYO, FixedClock
from madoguchi.database import open_database
from madoguchi.knowledge.business import business
from madoguchi.settings import PROJECT
from madoguchi.supervisor import free_port
from madoguchi.systems.embedded.demo import demo_numbers
from madoguchi.systems.reference.__main__ import demo_systems
from tests.systems.http.served import TOKEN, over_http


@pytest.mark.parametrize("today", ["2027-01-04"])
async def test_the_demo_shops_are_the_same_over_http(tmp_path: Path, today: str) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'demo.db'}")
    now = datetime.fromisoformat(f"{today}T09:30:00").replace(tzinfo=TOKYO)
    here = await demo_systems(database, FixedClock(now), business())
    numbers = set((await demo_numbers(database)).values())
    members = [member["id"] for shop in DEMO_MEMBERS.values() for member in shop]
    async with over_http(here) as there:
        for number in numbers:
            if number.startswith("A-"):
                assert await there.orders.get(number) == await here.orders.get(number)
                assert await there.stores.transfer(number) == await here.stores.transfer(number)
            elif number.startswith("R-"):
                assert await there.rentals.get(number) == await here.rentals.get(number)
        for member in members:
            assert await there.orders.of_member(member) == await here.orders.of_member(member)
            assert await there.rentals.of_member(member) == await here.rentals.of_member(member)
            assert list(await there.stores.visits_of_member(member)) == list(
                await here.stores.visits_of_member(member)
            )
    await database.dispose()
    assert {"A-20261103-0042", "R-000123"} <= numbers


def test_the_command_serves_the_demo_shops(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "madoguchi.systems.reference", "--port", str(port)]
    without = {name: value for name, value in os.environ.items() if "MADOGUCHI" not in name}
    refused = subprocess.run(
        command, env=without, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert "MADOGUCHI_SYSTEMS_TOKEN" in refused.stderr

    command += ["--database", str(tmp_path / "reference.db")]
    running = subprocess.Popen(
        command,
        env=without | {"MADOGUCHI_SYSTEMS_TOKEN": TOKEN},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        shown = ""
        while "reference server:" not in shown:
            line = running.stdout.readline()
            assert line, "it ended"
            shown += line
        assert re.search(r"A-20261103-0042 +09012345678", shown)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(retries=20)
        ) as http:
            order = http.post(
                "/orders/verification",
                headers={"Authorization": f"Bearer {TOKEN}"},
                json={"number": "A-20261103-0042", "contact": "090-1234-5678"},
            )
        assert order.json()["order"]["number"] == "A-20261103-0042"
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
    assert running.returncode == 0
