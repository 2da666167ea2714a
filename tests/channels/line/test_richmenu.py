"""The rich menu is set with one call, and again without a change; its buttons all do something."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml
from linebot.v3.messaging import (
    MessageAction,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
)
from PIL import Image

from madoguchi.channels.line.client import LineClient
from madoguchi.channels.line.errors import LineError
from madoguchi.channels.line.events import raw_events
from madoguchi.channels.line.meaning import Meaning
from madoguchi.channels.line.richmenu import (
    HEIGHT,
    LARGEST_PICTURE,
    MENUS,
    WIDTH,
    menu_choices,
    menu_of,
    request_of,
    set_menu,
)
from madoguchi.channels.postbacks import Postbacks
from madoguchi.conversations.channel import Incident
from tests.channels.line.conftest import NOW
from tests.line_platform import faults
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.support.training import domain, responses, rules

SITES = ["store", "rental", None]


def described(site: str | None) -> list[dict[str, Any]]:
    file = MENUS / f"{site or 'both'}.yml"
    buttons: list[dict[str, Any]] = yaml.safe_load(file.read_text("utf-8"))["buttons"]
    return buttons


def meaning(site: str | None) -> Meaning:
    return Meaning(Postbacks("a secret of the service"), menu_choices(site))


def titles(line: FakeLine) -> list[str]:
    return [menu.content["name"] for menu in line.platform.rich_menus.all()]


async def foreign_menu(client: LineClient) -> str:
    """Make a menu as somebody else of the shop may have made it."""
    bounds = RichMenuBounds(x=0, y=0, width=600, height=810)
    action = MessageAction(label="a", text="a")
    return await client.create_rich_menu(
        RichMenuRequest(
            size=RichMenuSize(width=1200, height=810),
            selected=True,
            name="年末セール",
            chatBarText="セール",
            areas=[RichMenuArea(bounds=bounds, action=action)],
        )
    )


@pytest.mark.parametrize("site", SITES)
async def test_everybody_sees_the_menu(
    line: FakeLine, client: LineClient, hana: Customer, site: str | None
) -> None:
    done = await set_menu(client, site)
    shown = line.platform.rich_menus.shown_to(hana.id)
    assert shown is not None
    assert shown.picture == (MENUS / f"{site or 'both'}.png").read_bytes()
    labels = [area["action"]["displayText"] for area in shown.content["areas"]]
    assert labels == [button["label"] for button in described(site)]
    assert done == [f"Made the menu with 6 buttons: {shown.id}", "Everybody sees it now"]


async def test_set_again_nothing_changes(line: FakeLine, client: LineClient) -> None:
    await set_menu(client, "store")
    before = line.platform.rich_menus.default_id
    assert await set_menu(client, "store") == [f"The menu is shown already: {before}"]
    assert line.platform.rich_menus.default_id == before
    assert len(line.calls("rich_menu_create")) == 1


async def test_the_menu_before_it_is_deleted(line: FakeLine, client: LineClient) -> None:
    await set_menu(client, "store")
    before = line.platform.rich_menus.default_id
    assert f"Deleted an older menu: {before}" in await set_menu(client, "rental")
    assert titles(line) == [menu_of("rental").title]


async def test_the_shop_s_own_menus_are_left_alone(line: FakeLine, client: LineClient) -> None:
    own = await foreign_menu(client)
    await set_menu(client, "store")
    await set_menu(client, "rental")
    assert titles(line) == ["年末セール", menu_of("rental").title]
    assert own != line.platform.rich_menus.default_id


@pytest.mark.parametrize("endpoint", ["rich_menu_create", "rich_menu_upload", "rich_menu_default"])
@pytest.mark.parametrize("fault", ["unauthorized", "rate_limit", "server_error"])
async def test_when_it_fails_the_old_menu_is_shown_on(
    line: FakeLine, client: LineClient, endpoint: str, fault: str
) -> None:
    await set_menu(client, "rental")
    before = line.platform.rich_menus.default_id
    line.fail(endpoint, faults.BY_NAME[fault])
    with pytest.raises(LineError):
        await set_menu(client, "store")
    assert line.platform.rich_menus.default_id == before
    await set_menu(client, "store")
    assert titles(line) == [menu_of("store").title]


async def test_what_an_interrupted_try_left_is_deleted(line: FakeLine, client: LineClient) -> None:
    left = await client.create_rich_menu(request_of(menu_of("store")))
    assert f"Deleted an older menu: {left}" in await set_menu(client, "store")
    assert len(titles(line)) == 1


@pytest.mark.parametrize("site", SITES)
async def test_every_button_does_something(hana: Customer, site: str | None) -> None:
    for area, button in zip(request_of(menu_of(site)).areas, described(site), strict=True):
        sent = await hana.does(area.action.to_dict())
        [raw] = raw_events(sent.body, NOW + timedelta(days=400))
        incoming = meaning(site).understand(raw)
        if "intent" in button:
            found = (incoming.kind, incoming.text, incoming.payload)
            assert found == (Incident.CHOICE, button["label"], f"/{button['intent']}")
        else:
            assert (incoming.kind, incoming.payload) == (Incident.COMMAND, button["command"])


@pytest.mark.parametrize(
    "intent", sorted({b["intent"] for s in SITES for b in described(s) if "intent" in b})
)
def test_every_intent_of_a_button_is_answered(intent: str) -> None:
    [rule] = [rule for rule in rules() if {"intent": intent} in rule["steps"]]
    [answer] = [step["action"] for step in rule["steps"] if "action" in step]
    assert answer in {*responses(), *domain()["actions"]}


def test_a_name_means_the_same_in_every_menu() -> None:
    asked: dict[str, set[str]] = {}
    for site in SITES:
        for button in described(site):
            asked.setdefault(button["name"], set()).add(button.get("intent", button["name"]))
    assert {name: len(intents) for name, intents in asked.items()} == dict.fromkeys(asked, 1)


@pytest.mark.parametrize("site", SITES)
def test_every_place_of_the_picture_is_one_button(site: str | None) -> None:
    covered = Image.new("I", (WIDTH, HEIGHT))
    for number, area in enumerate(request_of(menu_of(site)).areas, start=1):
        box = (
            area.bounds.x,
            area.bounds.y,
            area.bounds.x + area.bounds.width,
            area.bounds.y + area.bounds.height,
        )
        before = covered.crop(box)
        assert before.getextrema() == (0, 0), "two buttons at the same place"
        covered.paste(number, box)
    assert covered.getextrema() == (1, len(described(site))), "a place without a button"


@pytest.mark.parametrize("site", SITES)
def test_the_picture_is_one_that_line_takes(site: str | None) -> None:
    file = MENUS / f"{site or 'both'}.png"
    with Image.open(file) as picture:
        assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    assert file.stat().st_size < LARGEST_PICTURE
