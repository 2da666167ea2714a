"""Rich menus: made, given a picture, shown and deleted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.pictures import png

CREATE = "/v2/bot/richmenu"
DEFAULT = "/v2/bot/user/all/richmenu"
PNG = {"Content-Type": "image/png"}
# The smallest JPEG header that tells a size: 1200 x 800.
JPEG = bytes.fromhex("ffd8ffe000044a46ffc0001108032004b003012200021101031101")


def area(**changed: Any) -> dict[str, Any]:
    """Return an area that posts back."""
    bounds = {"x": 0, "y": 0, "width": 400, "height": 270}
    action = {"type": "postback", "label": "送料", "data": "shipping"}
    return {"bounds": bounds, "action": action, **changed}


def menu(**changed: Any) -> dict[str, Any]:
    """Return a rich menu."""
    content = {
        "size": {"width": 1200, "height": 810},
        "selected": True,
        "name": "はじめのメニュー",
        "chatBarText": "メニュー",
        "areas": [area()],
    }
    return content | changed


async def made(api: httpx.AsyncClient, *, picture: bool = True) -> str:
    """Return the id of a new menu, with its picture or without."""
    menu_id = str((await api.post(CREATE, json=menu())).json()["richMenuId"])
    if picture:
        content = await api.post(f"{CREATE}/{menu_id}/content", content=png(1200, 810), headers=PNG)
        assert (content.status_code, content.json()) == (200, {})
    return menu_id


async def test_a_menu_is_made_shown_to_everybody_and_deleted(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    nobody = await api.get(DEFAULT)
    assert (nobody.status_code, nobody.json()) == (404, {"message": "no default richmenu"})
    menu_id = await made(api)
    listed = (await api.get(f"{CREATE}/list")).json()["richmenus"]
    assert listed == [{"richMenuId": menu_id, **menu()}]
    assert (await api.post(f"{DEFAULT}/{menu_id}")).json() == {}
    assert (await api.get(DEFAULT)).json() == {"richMenuId": menu_id}
    shown = line.platform.rich_menus.shown_to(hana.id)
    assert shown is not None
    assert shown.id == menu_id
    assert (await api.delete(f"{CREATE}/{menu_id}")).json() == {}
    assert (await api.get(f"{CREATE}/list")).json() == {"richmenus": []}
    assert (await api.get(DEFAULT)).status_code == 404
    assert line.platform.rich_menus.shown_to(hana.id) is None


async def test_the_default_is_cleared_and_the_menu_stays(api: httpx.AsyncClient) -> None:
    menu_id = await made(api)
    await api.post(f"{DEFAULT}/{menu_id}")
    assert (await api.delete(DEFAULT)).json() == {}
    assert (await api.get(DEFAULT)).status_code == 404
    assert (await api.get(f"{CREATE}/{menu_id}")).json()["richMenuId"] == menu_id


async def test_a_menu_needs_its_picture_first(api: httpx.AsyncClient) -> None:
    menu_id = await made(api, picture=False)
    refused = await api.post(f"{DEFAULT}/{menu_id}")
    assert (refused.status_code, refused.json()) == (
        400,
        {"message": "must upload richmenu image before applying it to user"},
    )
    assert (await api.get(f"{CREATE}/{menu_id}/content")).status_code == 404


async def test_a_picture_is_given_once_and_fetched(api: httpx.AsyncClient) -> None:
    menu_id = await made(api)
    fetched = await api.get(f"{CREATE}/{menu_id}/content")
    assert (fetched.content, fetched.headers["content-type"]) == (png(1200, 810), "image/png")
    second = await api.post(f"{CREATE}/{menu_id}/content", content=png(1200, 810), headers=PNG)
    assert second.status_code == 400
    assert second.json()["message"] == "An image has already been uploaded to the richmenu"


async def test_a_jpeg_is_a_picture_too(api: httpx.AsyncClient) -> None:
    menu_id = await made(api, picture=False)
    headers = {"Content-Type": "image/jpeg"}
    content = await api.post(f"{CREATE}/{menu_id}/content", content=JPEG, headers=headers)
    assert content.status_code == 200


@pytest.mark.parametrize(
    ("picture", "content_type", "status"),
    [
        (png(799, 400), "image/png", 400),
        (png(2501, 1000), "image/png", 400),
        (png(800, 249), "image/png", 400),
        (png(1000, 700), "image/png", 400),
        (png(1200, 800) + b"\0" * 1024 * 1024, "image/png", 400),
        (b"GIF89a", "image/png", 400),
        (JPEG[:10], "image/jpeg", 400),
        (png(1200, 800), "image/gif", 415),
        (png(1200, 800), "application/json", 415),
    ],
    ids=[
        "narrow",
        "wide",
        "low",
        "too square",
        "large",
        "no picture",
        "half a picture",
        "gif",
        "json",
    ],
)
async def test_a_picture_has_to_fit(
    api: httpx.AsyncClient, picture: bytes, content_type: str, status: int
) -> None:
    menu_id = await made(api, picture=False)
    refused = await api.post(
        f"{CREATE}/{menu_id}/content", content=picture, headers={"Content-Type": content_type}
    )
    assert refused.status_code == status
    if status == 400:
        assert refused.json() == {"message": "The image size is not allowed for richmenu"}


@pytest.mark.parametrize(
    ("changed", "place", "words"),
    [
        ({"name": None}, "name", "must be specified"),
        ({"chatBarText": "あ" * 15}, "chatBarText", "14 characters"),
        ({"selected": None}, "selected", "must be specified"),
        ({"size": {"width": 1200, "height": 1200}}, "size", "invalid size"),
        ({"areas": [area()] * 21}, "areas", "between 0 and 20"),
        ({"areas": [area(action=None)]}, "areas[0].action", "must be specified"),
        (
            {"areas": [area(action={"type": "uri", "uri": "ftp://example.com"})]},
            "areas[0].action.uri",
            "invalid uri",
        ),
        (
            {"areas": [area(bounds={"x": -1, "y": 0, "width": 1, "height": 1})]},
            "areas[0].bounds.x",
            "at least 0",
        ),
        (
            {"areas": [area(action={"type": "location", "label": "場所"})]},
            "areas[0].action.type",
            "Must be one of",
        ),
    ],
)
async def test_a_menu_is_checked(
    api: httpx.AsyncClient, changed: dict[str, Any], place: str, words: str
) -> None:
    refused = await api.post(CREATE, json=menu(**changed))
    assert (refused.status_code, refused.json()["message"]) == (
        400,
        "The request body has 1 error(s)",
    )
    [detail] = refused.json()["details"]
    assert detail["property"] == place
    assert words in detail["message"]
    assert (await api.post(f"{CREATE}/validate", json=menu(**changed))).json() == refused.json()
    assert (await api.post(f"{CREATE}/validate", json=menu())).json() == {}
    assert (await api.get(f"{CREATE}/list")).json() == {"richmenus": []}


async def test_a_user_s_own_menu_comes_before_the_default(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    everybody_s, own = await made(api), await made(api)
    await api.post(f"{DEFAULT}/{everybody_s}")
    path = f"/v2/bot/user/{hana.id}/richmenu"
    assert (await api.get(path)).json() == {"message": "the user has no richmenu"}
    assert (await api.post(f"{path}/{own}")).json() == {}
    assert (await api.get(path)).json() == {"richMenuId": own}
    shown = line.platform.rich_menus.shown_to(hana.id)
    assert shown is not None
    assert shown.id == own
    assert (await api.delete(path)).json() == {}
    shown = line.platform.rich_menus.shown_to(hana.id)
    assert shown is not None
    assert shown.id == everybody_s


async def test_who_blocks_gets_no_menu_and_nobody_is_told(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    await hana.blocks()
    path = f"/v2/bot/user/{hana.id}/richmenu"
    assert (await api.post(f"{path}/{await made(api)}")).status_code == 200
    assert (await api.get(path)).status_code == 404


async def test_an_unknown_menu_is_not_found(hana: Customer, api: httpx.AsyncClient) -> None:
    unknown = f"{CREATE}/richmenu-0"
    answers = [
        await api.get(unknown),
        await api.delete(unknown),
        await api.get(f"{unknown}/content"),
        await api.post(f"{unknown}/content", content=png(1200, 810), headers=PNG),
        await api.post(f"{DEFAULT}/richmenu-0"),
        await api.post(f"/v2/bot/user/{hana.id}/richmenu/richmenu-0"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
